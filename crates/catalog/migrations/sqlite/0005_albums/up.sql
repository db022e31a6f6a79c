-- What an album shows of itself, and what people say about it.

-- The asset that stands for the album. It may have left the album or gone into the trash since:
-- whoever shows it looks.
ALTER TABLE albums ADD COLUMN cover BLOB;
-- Whether its members may like and comment.
ALTER TABLE albums ADD COLUMN is_activity_enabled BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE albums ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
-- When anything of an asset in it last changed, and when one was last put into it.
ALTER TABLE albums ADD COLUMN assets_modified_at BIGINT NOT NULL DEFAULT 0;
UPDATE albums SET updated_at = created_at, assets_modified_at = created_at;

-- A comment, or a like, of an album or of one asset in it.
CREATE TABLE activities (
    id BLOB NOT NULL PRIMARY KEY,
    album BLOB NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    user BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Both or neither: what is said of an asset goes when the asset leaves the album.
    asset_owner BLOB,
    asset BLOB,
    -- None for a like.
    comment TEXT,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (asset_owner, asset, album) REFERENCES album_assets (owner, asset, album)
        ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX activities_album ON activities (album, created_at);
CREATE INDEX activities_user ON activities (user);
CREATE INDEX activities_asset ON activities (asset_owner, asset, album) WHERE asset IS NOT NULL;
CREATE UNIQUE INDEX activities_asset_likes ON activities (album, asset, user)
    WHERE comment IS NULL AND asset IS NOT NULL;
CREATE UNIQUE INDEX activities_album_likes ON activities (album, user)
    WHERE comment IS NULL AND asset IS NULL;
