-- What searches ask of the catalog, files that must not come back, and memories.

-- The group of duplicates that a person or a program has put an asset into.
ALTER TABLE details ADD COLUMN duplicate BLOB;

-- Searches read these instead of the tables: a fraction of the pages.
CREATE INDEX details_names ON details (owner, file_name, created_at);
CREATE INDEX details_cameras ON details (owner, make, model, lens);
CREATE INDEX details_described ON details (owner, asset, description) WHERE description IS NOT NULL;
CREATE INDEX assets_states ON assets (owner, state, country) WHERE state IS NOT NULL;
CREATE INDEX assets_trashed ON assets (owner, trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX files_sizes ON files (owner, role, size, asset);

-- Files of external folders whose assets have been removed for good. While such a file is there, a
-- scan passes over it.
CREATE TABLE removed_files (
    owner BLOB NOT NULL,
    library BLOB NOT NULL,
    path BLOB NOT NULL,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (owner, library, path),
    FOREIGN KEY (owner, library) REFERENCES libraries (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE memories (
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    year INTEGER NOT NULL,
    -- The day it looks back from, counted from 1970-01-01, when it was found in the timeline; none
    -- when a person made it.
    day BIGINT,
    -- Whether a person has chosen its assets: they are then no longer found in the timeline.
    is_chosen BOOLEAN NOT NULL,
    memory_at BIGINT NOT NULL,
    show_at BIGINT,
    hide_at BIGINT,
    seen_at BIGINT,
    is_saved BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (owner, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX memories_found ON memories (owner, day, kind, year) WHERE day IS NOT NULL;

CREATE TABLE memory_assets (
    memory BLOB NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    -- Whose asset it is, who need not be the memory's owner.
    owner BLOB NOT NULL,
    asset BLOB NOT NULL,
    PRIMARY KEY (memory, owner, asset),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX memory_assets_asset ON memory_assets (owner, asset);
