// A family's first week, driven by Immich's published SDK, unmodified: signing up, uploading,
// organising, sharing, browsing, throwing away. Run by `run.py` against a server without users;
// prints a line of JSON for each step.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as immich from '@immich/sdk';

const url = process.env.E2E_URL;
const photos = JSON.parse(process.env.E2E_PHOTOS);
const video = process.env.E2E_VIDEO;
const api = `${url}/api`;
const password = 'a password of ours';
const PIN = '246810';

let calls = 0;
/** The SDK with its calls counted. */
const sdk = new Proxy(immich, {
  get(target, name) {
    const value = target[name];
    const isCall = typeof value === 'function' && /^[a-z]/.test(name) && !plain.has(name);
    return isCall ? (...sent) => (calls++, value(...sent)) : value;
  },
});
const plain = new Set(['init', 'defaults', 'setHeader', 'setBaseUrl', 'setApiKey', 'isHttpError']);

async function step(name, body) {
  try {
    await body();
    console.log(JSON.stringify({ outcome: 'passed', name }));
  } catch (error) {
    const said = sdk.isHttpError(error) ? `${error.status} ${JSON.stringify(error.data)}` : (error.stack ?? String(error));
    const reason = said.replaceAll(/\s+/g, ' ').slice(0, 500);
    console.log(JSON.stringify({ outcome: 'failed', name, reason }));
  }
}

/** Fails unless the call is refused with this status and a message that holds this text. */
async function refused(promise, status, text) {
  try {
    await promise;
  } catch (error) {
    assert.ok(sdk.isHttpError(error), String(error));
    assert.equal(error.status, status, JSON.stringify(error.data));
    assert.match(JSON.stringify(error.data.message ?? error.data), text);
    return;
  }
  assert.fail('it was not refused');
}

const as = (token) => ({ headers: { Authorization: `Bearer ${token}` } });
const bytesOf = async (blob) => Buffer.from(await blob.arrayBuffer());

/** A file like `path` whose content no other has. */
function file(path, name = basename(path)) {
  const content = Buffer.concat([readFileSync(path), randomBytes(16)]);
  return { content, name };
}

async function upload(opts, { content, name }, extra = {}) {
  const at = extra.fileCreatedAt ?? '2024-05-06T07:08:09.000Z';
  return sdk.uploadAsset(
    {
      assetMediaCreateDto: {
        assetData: new File([content], name),
        deviceAssetId: `${name}-${content.length}`,
        deviceId: 'scenario',
        fileCreatedAt: at,
        fileModifiedAt: at,
        ...extra,
      },
    },
    opts,
  );
}

/** Waits until a question is answered with what is wanted. */
async function until(ask, holds) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

sdk.init({ baseUrl: api, apiKey: '' });
immich.defaults.headers = {};

let anna, ben, asset, other, clip, album, person, tag, stack, link, key;
const annaLogin = { email: 'anna@family.example', password };
const benLogin = { email: 'ben@family.example', password };

await step('the server is asked who it is before anybody signs up', async () => {
  const config = await sdk.getServerConfig();
  assert.equal(config.isInitialized, false);
  assert.equal((await sdk.pingServer()).res, 'pong');
  assert.deepEqual(await sdk.getServerVersion(), { major: 2, minor: 7, patch: 5 });
  const features = await sdk.getServerFeatures();
  assert.equal(features.smartSearch, false);
  assert.equal(features.trash, true);
  const types = await sdk.getSupportedMediaTypes();
  assert.ok(types.image.includes('.jpg') && types.video.includes('.mp4') && types.sidecar.includes('.xmp'));
  const known = await (await fetch(`${url}/.well-known/immich`)).json();
  assert.deepEqual(known, { api: { endpoint: '/api' } });
});

await step('the first user signs up, and only the first', async () => {
  const admin = await sdk.signUpAdmin({ signUpDto: { ...annaLogin, name: 'Anna' } });
  assert.equal(admin.isAdmin, true);
  await refused(sdk.signUpAdmin({ signUpDto: { ...annaLogin, name: 'Anna' } }), 400, /already has an admin/);
  assert.equal((await sdk.getServerConfig()).isInitialized, true);
});

await step('she signs in, and is told who she is', async () => {
  await refused(sdk.login({ loginCredentialDto: { ...annaLogin, password: 'wrong wrong' } }), 401, /Incorrect email or password/);
  const login = await sdk.login({ loginCredentialDto: annaLogin });
  anna = as(login.accessToken);
  const me = await sdk.getMyUser(anna);
  assert.equal(me.email, annaLogin.email);
  assert.equal((await sdk.validateAccessToken(anna)).authStatus, true);
  const status = await sdk.getAuthStatus(anna);
  assert.deepEqual([status.pinCode, status.password, status.isElevated], [false, true, false]);
});

await step('she changes her name, her colours and what she prefers', async () => {
  const me = await sdk.updateMyUser({ userUpdateMeDto: { name: 'Anna B.', avatarColor: 'green' } }, anna);
  assert.deepEqual([me.name, me.avatarColor], ['Anna B.', 'green']);
  const before = await sdk.getMyPreferences(anna);
  assert.equal(before.memories.enabled, true);
  const after = await sdk.updateMyPreferences({ userPreferencesUpdateDto: { tags: { enabled: true } } }, anna);
  assert.equal(after.tags.enabled, true);
  assert.deepEqual(after.memories, before.memories);
  await sdk.setUserOnboarding({ onboardingDto: { isOnboarded: true } }, anna);
  assert.equal((await sdk.getUserOnboarding(anna)).isOnboarded, true);
});

await step('she makes an account for Ben, who changes his password', async () => {
  const made = await sdk.createUserAdmin({ userAdminCreateDto: { ...benLogin, name: 'Ben', quotaSizeInBytes: 50_000_000 } }, anna);
  ben = { id: made.id, ...as((await sdk.login({ loginCredentialDto: benLogin })).accessToken) };
  await refused(sdk.changePassword({ changePasswordDto: { password: 'no no no', newPassword: 'longer than before' } }, ben), 400, /Wrong password/);
  await sdk.changePassword({ changePasswordDto: { password, newPassword: 'longer than before' } }, ben);
  benLogin.password = 'longer than before';
  ben = { id: made.id, ...as((await sdk.login({ loginCredentialDto: benLogin })).accessToken) };
  assert.equal((await sdk.searchUsersAdmin({}, anna)).length, 2);
  assert.equal((await sdk.searchUsers(anna)).length, 2);
  await refused(sdk.searchUsersAdmin({}, ben), 403, /Forbidden/);
});

await step('an API key does what it may and no more', async () => {
  const made = await sdk.createApiKey({ apiKeyCreateDto: { name: 'reader', permissions: ['asset.read', 'apiKey.read'] } }, anna);
  key = { headers: { 'x-api-key': made.secret } };
  assert.deepEqual((await sdk.getMyApiKey(key)).permissions.sort(), ['apiKey.read', 'asset.read']);
  assert.equal((await sdk.getApiKeys(anna)).length, 1);
  await refused(sdk.getAllAlbums({}, key), 403, /Missing required permission: album.read/);
  const renamed = await sdk.updateApiKey({ id: made.apiKey.id, apiKeyUpdateDto: { name: 'only reader', permissions: ['asset.read'] } }, anna);
  assert.equal(renamed.name, 'only reader');
});

await step('photos are uploaded once', async () => {
  const first = file(photos[0]);
  const hash = createHash('sha1').update(first.content).digest();
  const ask = { assetBulkUploadCheckDto: { assets: [{ id: 'a', checksum: hash.toString('hex') }] } };
  assert.equal((await sdk.checkBulkUpload(ask, anna)).results[0].action, 'accept');
  const made = await upload(anna, first);
  assert.equal(made.status, 'created');
  asset = made.id;
  assert.deepEqual(await upload(anna, first), { id: asset, status: 'duplicate' });
  const again = (await sdk.checkBulkUpload(ask, anna)).results[0];
  assert.deepEqual([again.action, again.assetId], ['reject', asset]);
  const known = await sdk.checkExistingAssets({ checkExistingAssetsDto: { deviceId: 'scenario', deviceAssetIds: [`${first.name}-${first.content.length}`, 'none'] } }, anna);
  assert.equal(known.existingIds.length, 1);
  const original = await bytesOf(await sdk.downloadAsset({ id: asset }, anna));
  assert.ok(original.equals(first.content));
  other = (await upload(anna, file(photos[1]))).id;
  await refused(upload(anna, { content: Buffer.from('x'), name: 'notes.txt' }), 400, /Unsupported file type/);
});

await step('a video is uploaded and played by ranges', async () => {
  const content = readFileSync(video);
  clip = (await upload(anna, { content, name: basename(video) })).id;
  const whole = await bytesOf(await sdk.playAssetVideo({ id: clip }, anna));
  assert.ok(whole.equals(content));
  const part = await fetch(`${api}/assets/${clip}/video/playback`, { headers: { ...anna.headers, Range: 'bytes=10-19' } });
  assert.equal(part.status, 206);
  assert.ok(Buffer.from(await part.arrayBuffer()).equals(content.subarray(10, 20)));
});

await step('pictures are made of them', async () => {
  const thumbnail = () => fetch(`${api}/assets/${asset}/thumbnail`, anna);
  const answer = await until(thumbnail, (response) => response.status === 200);
  assert.equal(answer.headers.get('content-type'), 'image/webp');
  const preview = await bytesOf(await sdk.viewAsset({ id: asset, size: immich.AssetMediaSize.Preview }, anna));
  assert.deepEqual([...preview.subarray(0, 2)], [0xff, 0xd8]);
  const info = await until(() => sdk.getAssetInfo({ id: asset }, anna), (info) => info.thumbhash);
  assert.ok(info.thumbhash && info.width > 0);
});

await step('an asset is told in full, and changed', async () => {
  const info = await sdk.getAssetInfo({ id: asset }, anna);
  assert.deepEqual([info.type, info.visibility, info.isFavorite], ['IMAGE', 'timeline', false]);
  const changed = await sdk.updateAsset({ id: asset, updateAssetDto: { isFavorite: true, description: 'At the lake', rating: 4, latitude: 48.8566, longitude: 2.3522 } }, anna);
  assert.equal(changed.isFavorite, true);
  assert.deepEqual([changed.exifInfo.description, changed.exifInfo.rating, changed.exifInfo.country], ['At the lake', 4, 'France']);
  await refused(sdk.updateAsset({ id: asset, updateAssetDto: { rating: 9 } }, anna), 400, /rating must not be greater than 5/);
});

await step('a new date moves it in the timeline before the answer', async () => {
  await sdk.updateAsset({ id: asset, updateAssetDto: { dateTimeOriginal: '2019-07-31T23:30:00.000-05:00' } }, anna);
  const buckets = await sdk.getTimeBuckets({}, anna);
  assert.ok(buckets.some((bucket) => bucket.timeBucket === '2019-07-01' && bucket.count === 1), JSON.stringify(buckets));
  const bucket = await sdk.getTimeBucket({ timeBucket: '2019-07-01' }, anna);
  assert.deepEqual([bucket.id, bucket.localOffsetHours, bucket.fileCreatedAt], [[asset], [-5], ['2019-08-01T04:30:00']]);
  await sdk.updateAssets({ assetBulkUpdateDto: { ids: [asset], dateTimeRelative: 60 } }, anna);
  const moved = await sdk.getTimeBucket({ timeBucket: '2019-08-01' }, anna);
  assert.deepEqual(moved.id, [asset]);
});

await step('assets are counted and searched', async () => {
  const statistics = await sdk.getAssetStatistics({}, anna);
  assert.deepEqual(statistics, { images: 2, videos: 1, total: 3 });
  const found = await sdk.searchAssets({ metadataSearchDto: { isFavorite: true, withExif: true } }, anna);
  assert.deepEqual(found.assets.items.map((item) => item.id), [asset]);
  assert.equal((await sdk.searchAssets({ metadataSearchDto: { country: 'France' } }, anna)).assets.total, 1);
  assert.equal((await sdk.searchAssetStatistics({ statisticsSearchDto: {} }, anna)).total, 3);
  assert.equal((await sdk.searchRandom({ randomSearchDto: { size: 2 } }, anna)).length, 2);
  const countries = await sdk.getSearchSuggestions({ $type: immich.SearchSuggestionType.Country }, anna);
  assert.ok(countries.includes('France'), countries.join());
  await refused(sdk.searchSmart({ smartSearchDto: { query: 'cat' } }, anna), 400, /Smart search is not enabled/);
});

await step('the map and the folders show them', async () => {
  const markers = await sdk.getMapMarkers({}, anna);
  assert.ok(markers.some((marker) => marker.id === asset && marker.country === 'France'));
  const [place] = await sdk.reverseGeocode({ lat: 48.8566, lon: 2.3522 }, anna);
  assert.equal(place.country, 'France');
  const folders = await sdk.getUniqueOriginalPaths(anna);
  assert.ok(folders.length > 0);
  const inFolder = await sdk.getAssetsByOriginalPath({ path: folders[0] }, anna);
  assert.ok(inFolder.length > 0);
});

await step('an album is made, filled and ordered', async () => {
  const made = await sdk.createAlbum({ createAlbumDto: { albumName: 'Summer', assetIds: [asset] } }, anna);
  album = made.id;
  assert.deepEqual([made.assetCount, made.albumThumbnailAssetId], [1, asset]);
  const added = await sdk.addAssetsToAlbum({ id: album, bulkIdsDto: { ids: [asset, other] } }, anna);
  assert.deepEqual(added.map(({ success, error }) => [success, error]), [[false, 'duplicate'], [true, undefined]]);
  const changed = await sdk.updateAlbumInfo({ id: album, updateAlbumDto: { description: 'By the lake', order: 'asc', albumThumbnailAssetId: other } }, anna);
  assert.deepEqual([changed.description, changed.order, changed.albumThumbnailAssetId], ['By the lake', 'asc', other]);
  const info = await sdk.getAlbumInfo({ id: album }, anna);
  assert.equal(info.assets.length, 2);
  assert.deepEqual(await sdk.getAlbumStatistics(anna), { owned: 1, shared: 0, notShared: 1 });
  const second = await sdk.createAlbum({ createAlbumDto: { albumName: 'Second' } }, anna);
  const both = await sdk.addAssetsToAlbums({ albumsAddAssetsDto: { albumIds: [album, second.id], assetIds: [clip] } }, anna);
  assert.equal(both.success, true);
  assert.equal((await sdk.getAllAlbums({ assetId: clip }, anna)).length, 2);
  await sdk.removeAssetFromAlbum({ id: album, bulkIdsDto: { ids: [clip] } }, anna);
  await sdk.deleteAlbum({ id: second.id }, anna);
  assert.equal((await sdk.getAllAlbums({}, anna)).length, 1);
});

await step('the album is shared with Ben, who adds a photo', async () => {
  await refused(sdk.getAlbumInfo({ id: album }, ben), 400, /Not found or no album.read access/);
  await sdk.addUsersToAlbum({ id: album, addUsersDto: { albumUsers: [{ userId: ben.id, role: 'viewer' }] } }, anna);
  assert.equal((await sdk.getAllAlbums({ shared: true }, ben)).length, 1);
  const his = (await upload(ben, file(photos[2]))).id;
  await refused(sdk.addAssetsToAlbum({ id: album, bulkIdsDto: { ids: [his] } }, ben), 400, /albumAsset.create/);
  await sdk.updateAlbumUser({ id: album, userId: ben.id, updateAlbumUserDto: { role: 'editor' } }, anna);
  const [added] = await sdk.addAssetsToAlbum({ id: album, bulkIdsDto: { ids: [his] } }, ben);
  assert.equal(added.success, true);
  const buckets = await sdk.getTimeBuckets({ albumId: album }, anna);
  assert.equal(buckets.reduce((sum, bucket) => sum + bucket.count, 0), 3);
});

await step('people talk about it', async () => {
  const like = await sdk.createActivity({ activityCreateDto: { albumId: album, assetId: asset, type: 'like' } }, ben);
  const comment = await sdk.createActivity({ activityCreateDto: { albumId: album, type: 'comment', comment: 'Lovely!' } }, ben);
  const all = await sdk.getActivities({ albumId: album }, anna);
  assert.deepEqual(all.map((one) => one.id).sort(), [like.id, comment.id].sort());
  assert.deepEqual(await sdk.getActivityStatistics({ albumId: album }, anna), { likes: 1, comments: 1 });
  await sdk.deleteActivity({ id: comment.id }, anna);
  assert.equal((await sdk.getActivities({ albumId: album }, ben)).length, 1);
});

await step('partners see each other, when they want to', async () => {
  const me = await sdk.getMyUser(anna);
  await sdk.createPartner({ partnerCreateDto: { sharedWithId: ben.id } }, anna);
  assert.equal((await sdk.getPartners({ direction: immich.PartnerDirection.SharedWith }, ben)).length, 1);
  const both = { visibility: immich.AssetVisibility.Timeline, withPartners: true };
  const count = async () => (await sdk.getTimeBuckets(both, ben)).reduce((sum, bucket) => sum + bucket.count, 0);
  assert.equal(await count(), 1);
  const shown = await sdk.updatePartner({ id: me.id, partnerUpdateDto: { inTimeline: true } }, ben);
  assert.equal(shown.inTimeline, true);
  assert.equal(await count(), 4);
  await sdk.removePartner({ id: ben.id }, anna);
  assert.equal(await count(), 1);
});

await step('people get names and faces', async () => {
  person = (await sdk.createPerson({ personCreateDto: { name: 'Grandma' } }, anna)).id;
  const twin = (await sdk.createPerson({ personCreateDto: { name: '' } }, anna)).id;
  const face = { assetId: asset, personId: twin, imageWidth: 100, imageHeight: 100, x: 10, y: 10, width: 30, height: 30 };
  await sdk.createFace({ assetFaceCreateDto: face }, anna);
  const [found] = await sdk.getFaces({ id: asset }, anna);
  assert.equal(found.person.id, twin);
  const [merged] = await sdk.mergePerson({ id: person, mergePersonDto: { ids: [twin] } }, anna);
  assert.equal(merged.success, true);
  const people = await sdk.getAllPeople({}, anna);
  assert.deepEqual(people.people.map((one) => one.name), ['Grandma']);
  const named = await sdk.updatePerson({ id: person, personUpdateDto: { birthDate: '1940-02-03', isFavorite: true } }, anna);
  assert.equal(named.birthDate, '1940-02-03');
  assert.equal((await sdk.getPersonStatistics({ id: person }, anna)).assets, 1);
  assert.equal((await sdk.searchPerson({ name: 'grand' }, anna)).length, 1);
  const buckets = await sdk.getTimeBuckets({ personId: person }, anna);
  assert.equal(buckets.length, 1);
});

await step('tags form a tree', async () => {
  const [leaf] = await sdk.upsertTags({ tagUpsertDto: { tags: ['Family/Lakes'] } }, anna);
  tag = leaf.id;
  const [tagged] = await sdk.tagAssets({ id: tag, bulkIdsDto: { ids: [asset] } }, anna);
  assert.equal(tagged.success, true);
  const all = await sdk.getAllTags(anna);
  // The photos' own keywords are there as well.
  const values = all.map((one) => one.value);
  assert.deepEqual(values, [...values].sort());
  assert.ok(values.includes('Family') && values.includes('Family/Lakes'), values.join());
  const root = all.find((one) => one.value === 'Family');
  const buckets = await sdk.getTimeBuckets({ tagId: root.id }, anna);
  assert.ok(buckets.length > 0);
  assert.equal((await sdk.getTimeBuckets({ tagId: tag }, anna)).reduce((sum, bucket) => sum + bucket.count, 0), 1);
  assert.equal((await sdk.bulkTagAssets({ tagBulkAssetsDto: { tagIds: [tag], assetIds: [asset, other] } }, anna)).count, 1);
  await sdk.untagAssets({ id: tag, bulkIdsDto: { ids: [other] } }, anna);
  assert.equal((await sdk.updateTag({ id: tag, tagUpdateDto: { color: '#ff0000' } }, anna)).color, '#ff0000');
  await refused(sdk.createTag({ tagCreateDto: { name: 'Family' } }, anna), 400, /already exists/);
});

await step('a stack shows one for several', async () => {
  const made = await sdk.createStack({ stackCreateDto: { assetIds: [asset, other] } }, anna);
  stack = made.id;
  assert.equal(made.primaryAssetId, asset);
  const stacked = await sdk.getTimeBuckets({ withStacked: true, visibility: immich.AssetVisibility.Timeline }, anna);
  assert.equal(stacked.reduce((sum, bucket) => sum + bucket.count, 0), 2);
  assert.equal((await sdk.updateStack({ id: stack, stackUpdateDto: { primaryAssetId: other } }, anna)).primaryAssetId, other);
  assert.equal((await sdk.getStack({ id: stack }, anna)).assets.length, 2);
  await sdk.deleteStack({ id: stack }, anna);
  assert.equal((await sdk.searchStacks({}, anna)).length, 0);
});

await step('a link opens the album to anybody, and its password keeps others out', async () => {
  link = await sdk.createSharedLink({ sharedLinkCreateDto: { type: 'ALBUM', albumId: album, slug: 'summer', allowUpload: true } }, anna);
  immich.defaults.headers = {};
  assert.equal((await sdk.getMySharedLink({ key: link.key })).album.id, album);
  assert.equal((await sdk.getTimeBuckets({ albumId: album, slug: 'summer' })).length > 0, true);
  const through = await sdk.uploadAsset({
    key: link.key,
    assetMediaCreateDto: { assetData: new File([file(photos[3]).content], 'guest.jpg'), deviceAssetId: 'guest', deviceId: 'web', fileCreatedAt: '2024-05-06T07:08:09.000Z', fileModifiedAt: '2024-05-06T07:08:09.000Z' },
  });
  assert.equal(through.status, 'created');
  assert.equal((await sdk.getAlbumInfo({ id: album }, anna)).assetCount, 4);
  await sdk.updateSharedLink({ id: link.id, sharedLinkEditDto: { password: 'open sesame' } }, anna);
  await refused(sdk.getTimeBuckets({ albumId: album, key: link.key }), 401, /Password required/);
  await refused(sdk.sharedLinkLogin({ key: link.key, sharedLinkLoginDto: { password: 'wrong' } }), 401, /Invalid password/);
  await sdk.sharedLinkLogin({ key: link.key, sharedLinkLoginDto: { password: 'open sesame' } });
  assert.equal((await sdk.getAllSharedLinks({}, anna)).length, 1);
  await sdk.removeSharedLink({ id: link.id }, anna);
  await refused(sdk.getMySharedLink({ key: link.key }), 401, /Invalid share key/);
});

await step('the locked folder opens with a PIN', async () => {
  await sdk.setupPinCode({ pinCodeSetupDto: { pinCode: PIN } }, anna);
  await sdk.updateAssets({ assetBulkUpdateDto: { ids: [other], visibility: 'locked' } }, anna);
  const locked = { visibility: immich.AssetVisibility.Locked };
  await refused(sdk.getTimeBuckets(locked, anna), 401, /Elevated permission is required/);
  await refused(sdk.unlockAuthSession({ sessionUnlockDto: { pinCode: '000000' } }, anna), 400, /Wrong PIN code/);
  await sdk.unlockAuthSession({ sessionUnlockDto: { pinCode: PIN } }, anna);
  assert.equal((await sdk.getTimeBuckets(locked, anna))[0].count, 1);
  assert.equal((await sdk.getAuthStatus(anna)).isElevated, true);
  await sdk.updateAssets({ assetBulkUpdateDto: { ids: [other], visibility: 'timeline' } }, anna);
  await sdk.lockAuthSession(anna);
  await refused(sdk.getTimeBuckets(locked, anna), 401, /Elevated permission is required/);
  assert.equal((await sdk.getAlbumInfo({ id: album }, anna)).assets.some((one) => one.id === other), false);
});

await step('photos are taken home as an archive', async () => {
  const info = await sdk.getDownloadInfo({ downloadInfoDto: { albumId: album } }, anna);
  assert.equal(info.archives.length, 1);
  const zip = await bytesOf(await sdk.downloadArchive({ downloadArchiveDto: { assetIds: info.archives[0].assetIds } }, anna));
  assert.equal(zip.subarray(0, 2).toString(), 'PK');
  assert.ok(zip.length >= info.totalSize);
});

await step('memories of earlier years come up', async () => {
  await sdk.updateAsset({ id: clip, updateAssetDto: { dateTimeOriginal: '2020-11-22T10:00:00.000+00:00' } }, anna);
  await sdk.updateAsset({ id: asset, updateAssetDto: { dateTimeOriginal: '2021-11-22T10:00:00.000+00:00' } }, anna);
  const memories = await sdk.searchMemories({ $for: '2026-11-22T00:00:00.000Z' }, anna);
  const years = memories.map((memory) => memory.data.year);
  assert.ok(years.includes(2021), JSON.stringify(years));
  const saved = await sdk.updateMemory({ id: memories[0].id, memoryUpdateDto: { isSaved: true } }, anna);
  assert.equal(saved.isSaved, true);
});

await step('what is thrown away comes back, or goes', async () => {
  await sdk.deleteAssets({ assetBulkDeleteDto: { ids: [asset, other] } }, anna);
  assert.equal((await sdk.getAssetStatistics({ isTrashed: true }, anna)).total, 2);
  assert.equal((await sdk.restoreAssets({ bulkIdsDto: { ids: [asset] } }, anna)).count, 1);
  assert.equal((await sdk.emptyTrash(anna)).count, 1);
  await refused(sdk.getAssetInfo({ id: other }, anna), 400, /asset.read/);
  await sdk.deleteAssets({ assetBulkDeleteDto: { ids: [clip], force: true } }, anna);
  assert.equal((await sdk.restoreTrash(anna)).count, 0);
  assert.equal((await sdk.getAssetStatistics({ isTrashed: true }, anna)).total, 0);
});

await step("nobody touches another's things", async () => {
  await refused(sdk.getAssetInfo({ id: (await upload(ben, file(photos[1]))).id }, anna), 400, /asset.read/);
  await refused(sdk.updateAsset({ id: asset, updateAssetDto: { isFavorite: false } }, ben), 400, /asset.update/);
  await refused(sdk.deleteAssets({ assetBulkDeleteDto: { ids: [asset] } }, ben), 400, /asset.delete/);
  await refused(sdk.deletePerson({ id: person }, ben), 400, /person.delete/);
  await refused(sdk.deleteTag({ id: tag }, ben), 400, /tag.delete/);
});

await step('a folder on the server becomes a library', async () => {
  const me = await sdk.getMyUser(anna);
  const made = await sdk.createLibrary({ createLibraryDto: { ownerId: me.id, importPaths: [process.env.E2E_FOLDER] } }, anna);
  const checked = await sdk.validate({ id: made.id, validateLibraryDto: { importPaths: [process.env.E2E_FOLDER, '/no/such/folder'] } }, anna);
  assert.deepEqual(checked.importPaths.map((path) => path.isValid), [true, false]);
  await sdk.scanLibrary({ id: made.id }, anna);
  const found = await until(() => sdk.getLibraryStatistics({ id: made.id }, anna), (found) => found.total > 0);
  assert.ok(found.total > 0);
  await sdk.deleteLibrary({ id: made.id }, anna);
  assert.equal((await sdk.getAllLibraries(anna)).some((library) => library.id === made.id), false);
});

await step('the admin looks at the server', async () => {
  const about = await sdk.getAboutInfo(anna);
  assert.equal(about.version, 'v2.7.5');
  const storage = await sdk.getStorage(anna);
  assert.ok(storage.diskSizeRaw > 0);
  const statistics = await sdk.getServerStatistics(anna);
  assert.equal(statistics.usageByUser.length, 2);
  await refused(sdk.getServerStatistics(ben), 403, /Forbidden/);
  assert.ok((await sdk.getVersionHistory()).length >= 1);
  const queues = await sdk.getQueuesLegacy(anna);
  assert.ok('thumbnailGeneration' in queues);
});

await step('sessions are listed and ended', async () => {
  const extra = as((await sdk.login({ loginCredentialDto: annaLogin })).accessToken);
  const sessions = await sdk.getSessions(anna);
  assert.equal(sessions.length, 2);
  assert.equal(sessions.filter((session) => session.current).length, 1);
  await sdk.deleteAllSessions(anna);
  await refused(sdk.getMyUser(extra), 401, /Invalid user token/);
});

await step('a user who leaves can come back', async () => {
  await sdk.deleteUserAdmin({ id: ben.id, userAdminDeleteDto: {} }, anna);
  await refused(sdk.getMyUser(ben), 401, /Invalid user token/);
  await refused(sdk.login({ loginCredentialDto: benLogin }), 401, /Incorrect email or password/);
  await sdk.restoreUserAdmin({ id: ben.id }, anna);
  await sdk.login({ loginCredentialDto: benLogin });
});

await step('she signs out', async () => {
  const out = await sdk.logout(anna);
  assert.equal(out.successful, true);
  await refused(sdk.getMyUser(anna), 401, /Invalid user token/);
});

await step('the scenario made at least 80 calls', async () => {
  assert.ok(calls >= 80, `it made ${calls}`);
});
