// The client that Immich's web page uses for live events, unmodified, listens to the server.
// Run by `run.py`; prints a line of JSON for each check.

import assert from 'node:assert/strict';
import { defaults, deleteAssets, getTimeBucket, getTimeBuckets, init, login, logout, restoreAssets, updateAsset } from '@immich/sdk';
import { io } from 'socket.io-client';

const url = process.env.E2E_URL;
const known = JSON.parse(process.env.E2E_KNOWN);
const patienceMilliseconds = 30_000;

async function check(name, body) {
  try {
    await body();
    console.log(JSON.stringify({ outcome: 'passed', name }));
  } catch (error) {
    const reason = `${error.message} ${JSON.stringify(error.data ?? null)}`.replaceAll(/\s+/g, ' ').slice(0, 400);
    console.log(JSON.stringify({ outcome: 'failed', name, reason }));
  }
}

/** A socket as the page opens it, and a queue of what it hears. */
function open(headers) {
  const socket = io(url, {
    path: '/api/socket.io',
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: headers,
  });
  const heard = [];
  let wake = () => {};
  const note = (event, ...payload) => {
    heard.push([event, ...payload]);
    wake();
  };
  socket.onAny(note);
  socket.on('disconnect', () => note('disconnect'));
  socket.on('connect_error', (error) => note('connect_error', error.message));
  /** What is heard next under this name; what comes before it under other names is passed over. */
  const next = async (wanted) => {
    const until = Date.now() + patienceMilliseconds;
    for (;;) {
      const at = heard.findIndex(([event]) => event === wanted);
      if (at >= 0) {
        return heard.splice(0, at + 1).pop().slice(1);
      }
      const left = until - Date.now();
      assert.ok(left > 0, `${wanted} was not heard, but ${JSON.stringify(heard.map(([event]) => event))}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  return { socket, next, heard };
}

init({ baseUrl: `${url}/api`, apiKey: '' });
delete defaults.headers['x-api-key'];
const { accessToken } = await login({ loginCredentialDto: known.bobsLogin });
const bearer = { Authorization: `Bearer ${accessToken}` };
Object.assign(defaults.headers, bearer);
const bob = open(bearer);

await check('a socket is let in and told the version', async () => {
  const [version] = await bob.next('on_server_version');
  assert.deepEqual([version.major, version.minor, version.patch], [2, 7, 5]);
});

await check('the cookie of the page lets a socket in', async () => {
  const withCookie = open({ Cookie: `immich_access_token=${accessToken}`, Origin: url });
  await withCookie.next('on_server_version');
  withCookie.socket.disconnect();
});

await check('the cookie is of no use to a page of another site', async () => {
  const elsewhere = open({ Cookie: `immich_access_token=${accessToken}`, Origin: 'https://elsewhere.example' });
  await elsewhere.next('connect_error');
});

await check('nobody else is let in', async () => {
  for (const headers of [{}, { Authorization: 'Bearer wrong' }, { 'x-api-key': process.env.E2E_WEAK_KEY }]) {
    const refused = open(headers);
    assert.deepEqual(await refused.next('error'), ['unauthorized']);
    await refused.next('disconnect');
  }
});

const [{ timeBucket }] = await getTimeBuckets({});
const { id: ids } = await getTimeBucket({ timeBucket });

await check('a change of an asset is heard as the asset that it now is', async () => {
  await updateAsset({ id: ids[0], updateAssetDto: { isFavorite: true } });
  const [asset] = await bob.next('on_asset_update');
  assert.deepEqual([asset.id, asset.isFavorite], [ids[0], true]);
  await updateAsset({ id: ids[0], updateAssetDto: { isFavorite: false } });
  assert.equal((await bob.next('on_asset_update'))[0].isFavorite, false);
});

await check('the way into the trash and back is heard', async () => {
  await deleteAssets({ assetBulkDeleteDto: { ids: [ids[0]] } });
  assert.deepEqual(await bob.next('on_asset_trash'), [[ids[0]]]);
  await restoreAssets({ bulkIdsDto: { ids: [ids[0]] } });
  assert.deepEqual(await bob.next('on_asset_restore'), [[ids[0]]]);
});

await check('the end of the session is heard, and ends the listening', async () => {
  await logout();
  const [session] = await bob.next('on_session_delete');
  assert.match(session, /^[0-9a-f-]{36}$/);
  await bob.next('disconnect');
});

process.exit(0);
