"""A published community client, unmodified, against the real server.

Run by `run.py` with the Python that has it; prints a line of JSON for each check.
"""

import asyncio
import json
import os
import traceback
from urllib.parse import urlsplit


def told(name, error=None):
    """The outcome of one check."""
    outcome = {"outcome": "failed" if error else "passed", "name": name}
    if error:
        outcome["reason"] = " ".join(str(error).split())[:400]
    print(json.dumps(outcome), flush=True)


async def main():
    """Signs in by key, looks at albums, people and tags, searches, and takes a picture home."""
    import aiohttp
    from aioimmich import Immich

    address = urlsplit(os.environ["E2E_URL"])
    async with aiohttp.ClientSession() as session:
        client = Immich(session, os.environ["E2E_KEY"], address.hostname, address.port, False)
        await client.async_setup()

        async def me():
            user = await client.users.async_get_my_user()
            assert user.email, user

        async def about():
            info = await client.server.async_get_about_info()
            assert str(info.version).startswith("v2.7"), info

        async def albums():
            found = await client.albums.async_get_all_albums()
            assert found, "no album"
            album = await client.albums.async_get_album_info(found[0].album_id)
            assert album.album_name == found[0].album_name, album

        async def download():
            album = (await client.albums.async_get_all_albums())[0]
            found = await client.search.async_get_all_by_album_ids([album.album_id])
            assert found, "the album has no assets"
            picture = await client.assets.async_view_asset(found[0].asset_id)
            assert len(picture) > 100, picture

        async def people():
            assert isinstance(await client.people.async_get_all_people(), list)

        async def tags():
            assert isinstance(await client.tags.async_get_all_tags(), list)

        for check in (me, about, albums, download, people, tags):
            try:
                await check()
                told(f"aioimmich: {check.__name__}")
            except Exception as error:  # the checks after this one still run
                told(f"aioimmich: {check.__name__}", traceback.format_exc()[-350:] or error)


asyncio.run(main())
