-- What must survive. Every row that belongs to an owner carries the owner, and its key begins with
-- it, so that a distributed PostgreSQL can place an owner on one shard. Ids are 16 bytes, instants
-- are microseconds since 1970, names of kinds are the stable names of the model.

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,
    pin_hash TEXT,
    is_admin BOOLEAN NOT NULL,
    should_change_password BOOLEAN NOT NULL,
    quota_bytes BIGINT,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    -- The number of the last change of this owner.
    version BIGINT NOT NULL DEFAULT 0,
    -- Raised by whatever changes what this user may see or do.
    grants_version BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_sha256 BLOB NOT NULL UNIQUE,
    device_type TEXT NOT NULL,
    device_os TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    elevated_until BIGINT
) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user);

CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY,
    user BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    key_sha256 BLOB NOT NULL UNIQUE,
    -- Names, separated by single spaces.
    permissions TEXT NOT NULL,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX api_keys_user ON api_keys (user);

CREATE TABLE libraries (
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The bytes of the folder's path, for an external library; none for the uploads.
    folder BLOB,
    created_at BIGINT NOT NULL,
    trashed_at BIGINT,
    frozen_reason TEXT,
    scan_started_at BIGINT,
    scan_finished_at BIGINT,
    scan_files BIGINT,
    PRIMARY KEY (owner, id)
) WITHOUT ROWID;

-- What the timeline knows of an asset: the rows that a shelf is loaded from.
CREATE TABLE assets (
    owner BLOB NOT NULL,
    id BLOB NOT NULL,
    library BLOB NOT NULL,
    kind TEXT NOT NULL,
    visibility TEXT NOT NULL,
    is_favorite BOOLEAN NOT NULL,
    trashed_at BIGINT,
    offline_at BIGINT,
    local BIGINT NOT NULL,
    offset_seconds INTEGER,
    date_source TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    duration_ms BIGINT,
    thumbhash BLOB,
    live_video BLOB,
    projection TEXT,
    latitude DOUBLE,
    longitude DOUBLE,
    city TEXT,
    state TEXT,
    country TEXT,
    camera TEXT,
    rating INTEGER,
    -- One bit for each fact that a person has set and a file may no longer overwrite.
    edited INTEGER NOT NULL DEFAULT 0,
    stack BLOB,
    row_version BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (owner, id),
    FOREIGN KEY (owner, library) REFERENCES libraries (owner, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX assets_directory ON assets (id);
CREATE INDEX assets_stack ON assets (owner, stack) WHERE stack IS NOT NULL;
CREATE INDEX assets_live_video ON assets (owner, live_video) WHERE live_video IS NOT NULL;

-- What is asked of one asset at a time.
CREATE TABLE details (
    owner BLOB NOT NULL,
    asset BLOB NOT NULL,
    file_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- How far the reading of the files has come: pending, read, or failed.
    metadata_state TEXT NOT NULL,
    sha1 BLOB,
    sha256 BLOB,
    -- The date that stands in while the files say none.
    fallback_local BIGINT,
    fallback_offset_seconds INTEGER,
    fallback_source TEXT,
    description TEXT,
    make TEXT,
    model TEXT,
    lens TEXT,
    f_number DOUBLE,
    exposure_time TEXT,
    iso INTEGER,
    focal_length DOUBLE,
    fps DOUBLE,
    orientation INTEGER,
    zone TEXT,
    raw_width INTEGER,
    raw_height INTEGER,
    -- What the photo and the video of a live photo have in common.
    content_id TEXT,
    PRIMARY KEY (owner, asset),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX details_unread ON details (owner, asset) WHERE metadata_state <> 'read';
CREATE INDEX details_sha1 ON details (owner, sha1) WHERE sha1 IS NOT NULL;
CREATE INDEX details_content_id ON details (owner, content_id) WHERE content_id IS NOT NULL;
CREATE INDEX details_sha256 ON details (owner, sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE files (
    owner BLOB NOT NULL,
    library BLOB NOT NULL,
    -- Bytes, relative to the library's folder: names need not be UTF-8.
    path BLOB NOT NULL,
    asset BLOB NOT NULL,
    role TEXT NOT NULL,
    size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    inode BIGINT,
    device BIGINT,
    PRIMARY KEY (owner, library, path),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX files_asset ON files (owner, asset);

CREATE TABLE problems (
    owner BLOB NOT NULL,
    library BLOB NOT NULL,
    path BLOB NOT NULL,
    reason TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (owner, library, path),
    FOREIGN KEY (owner, library) REFERENCES libraries (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE changes (
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- The ids, 16 bytes each.
    assets BLOB NOT NULL,
    PRIMARY KEY (owner, version)
) WITHOUT ROWID;
CREATE INDEX changes_at ON changes (at);

CREATE TABLE undo_journal (
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The owner's version after the edit.
    version BIGINT NOT NULL,
    ordinal INTEGER NOT NULL,
    at BIGINT NOT NULL,
    -- What it was before, as JSON.
    before TEXT NOT NULL,
    PRIMARY KEY (owner, version, ordinal)
) WITHOUT ROWID;

CREATE TABLE albums (
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    sort TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, id)
) WITHOUT ROWID;

CREATE TABLE album_users (
    album BLOB NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    user BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (album, user)
) WITHOUT ROWID;
CREATE INDEX album_users_user ON album_users (user);

-- Lies on the shelf of the asset's owner, who need not be the album's.
CREATE TABLE album_assets (
    owner BLOB NOT NULL,
    asset BLOB NOT NULL,
    album BLOB NOT NULL REFERENCES albums (id),
    PRIMARY KEY (owner, asset, album),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX album_assets_album ON album_assets (album, owner);

CREATE TABLE people (
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    is_hidden BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, id)
) WITHOUT ROWID;

-- Lies on the shelf of the asset's owner, who need not be the person's.
CREATE TABLE faces (
    owner BLOB NOT NULL,
    asset BLOB NOT NULL,
    id BLOB NOT NULL UNIQUE,
    person BLOB REFERENCES people (id),
    x1 DOUBLE NOT NULL,
    y1 DOUBLE NOT NULL,
    x2 DOUBLE NOT NULL,
    y2 DOUBLE NOT NULL,
    source TEXT NOT NULL,
    is_visible BOOLEAN NOT NULL,
    is_deleted BOOLEAN NOT NULL,
    PRIMARY KEY (owner, asset, id),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX faces_person ON faces (person, owner) WHERE person IS NOT NULL;

CREATE TABLE tags (
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL UNIQUE,
    -- The whole path, its parts joined by '/'.
    value TEXT NOT NULL,
    parent BLOB REFERENCES tags (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, id),
    UNIQUE (owner, value)
) WITHOUT ROWID;
CREATE INDEX tags_parent ON tags (parent);

-- Lies on the shelf of the asset's owner, who need not be the tag's.
CREATE TABLE tag_assets (
    owner BLOB NOT NULL,
    asset BLOB NOT NULL,
    tag BLOB NOT NULL REFERENCES tags (id),
    PRIMARY KEY (owner, asset, tag),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX tag_assets_tag ON tag_assets (tag, owner);

CREATE TABLE stacks (
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL UNIQUE,
    primary_asset BLOB NOT NULL,
    -- Members that are live and have visibility timeline.
    timeline_count INTEGER NOT NULL,
    PRIMARY KEY (owner, id)
) WITHOUT ROWID;

CREATE TABLE partners (
    shared_by BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    shared_with BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    in_timeline BOOLEAN NOT NULL,
    PRIMARY KEY (shared_by, shared_with)
) WITHOUT ROWID;
CREATE INDEX partners_shared_with ON partners (shared_with);

CREATE TABLE shared_links (
    id BLOB NOT NULL PRIMARY KEY,
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key BLOB NOT NULL UNIQUE,
    slug TEXT UNIQUE,
    -- None for a link to single assets.
    album BLOB REFERENCES albums (id) ON DELETE CASCADE,
    password_hash TEXT,
    description TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    show_metadata BOOLEAN NOT NULL,
    allow_upload BOOLEAN NOT NULL,
    allow_download BOOLEAN NOT NULL
) WITHOUT ROWID;
CREATE INDEX shared_links_owner ON shared_links (owner);
CREATE INDEX shared_links_album ON shared_links (album) WHERE album IS NOT NULL;

CREATE TABLE link_assets (
    link BLOB NOT NULL REFERENCES shared_links (id) ON DELETE CASCADE,
    owner BLOB NOT NULL,
    asset BLOB NOT NULL,
    PRIMARY KEY (link, owner, asset),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX link_assets_asset ON link_assets (owner, asset);

CREATE TABLE jobs (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_until BIGINT,
    last_error TEXT,
    -- Set when the attempts are used up; such a job is kept to be looked at.
    failed_at BIGINT
) WITHOUT ROWID;
CREATE INDEX jobs_run_at ON jobs (run_at) WHERE failed_at IS NULL;
