// Immich's published SDK, unmodified, drives the server.
// Run by `run.py`; prints a line of JSON for each check.

import assert from 'node:assert/strict';
import {
  AssetOrder,
  AssetVisibility,
  defaults,
  getServerVersion,
  getTimeBucket,
  getTimeBuckets,
  init,
  isHttpError,
  login,
  logout,
  pingServer,
  setHeader,
  validateAccessToken,
} from '@immich/sdk';

const url = process.env.E2E_URL;
const apiKey = process.env.E2E_KEY;
const known = JSON.parse(process.env.E2E_KNOWN);

async function check(name, body) {
  try {
    await body();
    console.log(JSON.stringify({ outcome: 'passed', name }));
  } catch (error) {
    const said = isHttpError(error) ? `${error.status} ${JSON.stringify(error.data)}` : error.message;
    const reason = said.replaceAll(/\s+/g, ' ').slice(0, 400);
    console.log(JSON.stringify({ outcome: 'failed', name, reason }));
  }
}

const text = (value) => typeof value === 'string';
const orNull = (is) => (value) => value === null || is(value);
const boolean = (value) => typeof value === 'boolean';
const number = (value) => typeof value === 'number';
const uuid = (value) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value);

/** What each element of each column must be, as the SDK's types say. */
const columns = {
  city: orNull(text),
  country: orNull(text),
  duration: orNull((value) => /^\d{2,}:[0-5]\d:[0-5]\d$/.test(value)),
  fileCreatedAt: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?$/.test(value),
  id: uuid,
  isFavorite: boolean,
  isImage: boolean,
  isTrashed: boolean,
  livePhotoVideoId: orNull(uuid),
  localOffsetHours: number,
  ownerId: uuid,
  projectionType: orNull(text),
  ratio: (value) => number(value) && value > 0,
  thumbhash: orNull((value) => Buffer.from(value, 'base64').length >= 5),
  visibility: (value) => Object.values(AssetVisibility).includes(value),
};
const coordinates = { latitude: orNull(number), longitude: orNull(number) };
const stacks = { stack: orNull((value) => value.length === 2 && uuid(value[0]) && /^\d+$/.test(value[1])) };

function assertColumns(bucket, expected, length) {
  const names = [...Object.keys(expected), 'status'].sort();
  assert.deepEqual(Object.keys(bucket).sort(), names, 'the names of the columns');
  for (const [name, is] of Object.entries(expected)) {
    assert.equal(bucket[name].length, length, `the length of ${name}`);
    for (const value of bucket[name]) {
      assert.ok(is(value), `${name} holds ${JSON.stringify(value)}`);
    }
  }
}

/** Each of the shared parameters, as the SDK sends them. */
const filters = [
  {},
  { albumId: known.album },
  { personId: known.person },
  { tagId: known.tag },
  { userId: known.alice },
  { userId: known.bob, visibility: AssetVisibility.Timeline },
  { isFavorite: true },
  { isFavorite: false },
  { isTrashed: true },
  { isTrashed: false },
  { visibility: AssetVisibility.Archive },
  { visibility: AssetVisibility.Timeline },
  { visibility: AssetVisibility.Hidden },
  { withStacked: true },
  { withStacked: false },
  { withPartners: true, visibility: AssetVisibility.Timeline },
  { withPartners: false },
  { withCoordinates: true },
  { order: AssetOrder.Asc },
  { order: AssetOrder.Desc },
  { bbox: '80,26,89,31' },
];

async function refused(status, message, call) {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    assert.ok(isHttpError(error), error);
    const { data } = error;
    assert.equal(error.status, status, JSON.stringify(data));
    assert.deepEqual(data.message, message);
    assert.equal(data.statusCode, status);
    assert.ok(data.error && data.correlationId, JSON.stringify(data));
    return;
  }
  assert.fail(`it was answered with ${JSON.stringify(answer).slice(0, 200)}`);
}

init({ baseUrl: `${url}/api`, apiKey });

await check('the server says who it is', async () => {
  assert.deepEqual(await pingServer(), { res: 'pong' });
  assert.deepEqual(Object.keys(await getServerVersion()).slice(0, 3), ['major', 'minor', 'patch']);
});

for (const filter of filters) {
  await check(`getTimeBuckets and getTimeBucket with ${JSON.stringify(filter)}`, async () => {
    const buckets = await getTimeBuckets(filter);
    assert.ok(buckets.length > 0, 'nothing was found');
    const months = buckets.map((bucket) => bucket.timeBucket);
    const sorted = [...months].sort();
    assert.deepEqual(months, filter.order === AssetOrder.Asc ? sorted : sorted.reverse());
    const expected = {
      ...columns,
      ...(filter.withCoordinates && coordinates),
      ...(filter.withStacked && stacks),
    };
    for (const { timeBucket, count } of buckets) {
      assertColumns(await getTimeBucket({ ...filter, timeBucket }), expected, count);
    }
  });
}

await check('a shared link shows its album, by key and by slug', async () => {
  delete defaults.headers['x-api-key'];
  const { key, slug, album: albumId } = known.link;
  const byKey = await getTimeBuckets({ key, albumId });
  assert.ok(byKey.length > 0, 'nothing was found');
  assert.deepEqual(await getTimeBuckets({ slug, albumId }), byKey);
  for (const { timeBucket, count } of byKey) {
    const bucket = await getTimeBucket({ key, albumId, timeBucket, withCoordinates: true, withStacked: true });
    assertColumns(bucket, { ...columns, ...coordinates, ...stacks }, count);
  }
});

await check('the web page’s form of timeBucket', async () => {
  init({ baseUrl: `${url}/api`, apiKey });
  const [{ timeBucket, count }] = await getTimeBuckets({});
  const bucket = await getTimeBucket({ timeBucket: `${timeBucket}T00:00:00.000Z` });
  assert.equal(bucket.id.length, count);
});

await check('without the prefix /api', async () => {
  const withPrefix = await getTimeBuckets({});
  init({ baseUrl: url, apiKey });
  assert.deepEqual(await getTimeBuckets({}), withPrefix);
  init({ baseUrl: `${url}/api`, apiKey });
});

await check('login, a session’s token as bearer, and logout', async () => {
  const ofAlice = await getTimeBuckets({});
  delete defaults.headers['x-api-key'];
  const { email, password } = known.bobsLogin;
  const session = await login({ loginCredentialDto: { email, password } });
  assert.equal(session.userEmail, email);
  assert.equal(session.userId, known.bob);
  assert.equal(session.isAdmin, false);
  assert.equal(session.shouldChangePassword, false);
  for (const field of ['accessToken', 'name', 'profileImagePath']) {
    assert.equal(typeof session[field], 'string', field);
  }
  setHeader('Authorization', `Bearer ${session.accessToken}`);
  assert.deepEqual(await validateAccessToken(), { authStatus: true });
  const ofBob = await getTimeBuckets({});
  assert.ok(ofBob.length > 0);
  assert.notDeepEqual(ofBob, ofAlice);
  const { successful } = await logout();
  assert.equal(successful, true);
  await refused(401, 'Invalid user token', () => getTimeBuckets({}));
  delete defaults.headers.Authorization;
  init({ baseUrl: `${url}/api`, apiKey });
});

await check('a wrong password is 401', () =>
  refused(401, 'Incorrect email or password', () =>
    login({ loginCredentialDto: { email: known.bobsLogin.email, password: 'wrong' } }),
  ),
);

await check('a wrong key is 401', async () => {
  init({ baseUrl: `${url}/api`, apiKey: 'wrong' });
  await refused(401, 'Invalid API key', () => getTimeBuckets({}));
  init({ baseUrl: `${url}/api`, apiKey });
});

await check('a key that may not read assets is 403', async () => {
  init({ baseUrl: `${url}/api`, apiKey: process.env.E2E_WEAK_KEY });
  await refused(403, 'Missing required permission: asset.read', () => getTimeBuckets({}));
  init({ baseUrl: `${url}/api`, apiKey });
});

await check('locked assets are 401 without an elevated session', () =>
  refused(401, 'Elevated permission is required', () => getTimeBuckets({ visibility: AssetVisibility.Locked })),
);

await check('every wrong parameter is named by a 400', async () => {
  await refused(
    400,
    [
      'timeBucket must be a string',
      'userId must be a UUID',
      'isFavorite must be a boolean value',
      'order must be one of the following values: asc, desc',
      'visibility must be one of the following values: archive, timeline, hidden, locked',
    ],
    () => getTimeBucket({ userId: 'me', isFavorite: 1, order: 'up', visibility: 'all' }),
  );
});

await check('a timeBucket that is no date is a 400', () =>
  refused(400, 'Invalid time bucket format', () => getTimeBucket({ timeBucket: 'February' })),
);

await check('an unknown album, tag and user are a 400', async () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  await refused(400, 'Not found or no album.read access', () => getTimeBuckets({ albumId: unknown }));
  await refused(400, 'Not found or no tag.read access', () => getTimeBuckets({ tagId: unknown }));
  await refused(400, 'Not found or no timeline.read access', () => getTimeBuckets({ userId: unknown }));
});

await check('withPartners needs the timeline alone', () =>
  refused(400, 'withPartners is only supported for non-archived, non-trashed, non-favorited assets', () =>
    getTimeBuckets({ withPartners: true }),
  ),
);
