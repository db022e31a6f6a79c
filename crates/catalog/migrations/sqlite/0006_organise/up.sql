-- People, tags and libraries as the published API knows them.

-- The day of birth, in days since 1970-01-01.
ALTER TABLE people ADD COLUMN birth_day BIGINT;
-- As #rrggbb.
ALTER TABLE people ADD COLUMN color TEXT;
ALTER TABLE people ADD COLUMN is_favorite BOOLEAN NOT NULL DEFAULT FALSE;
-- The asset whose face stands for the person. It may have gone since: then another one does.
ALTER TABLE people ADD COLUMN featured_asset BLOB;
ALTER TABLE people ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
UPDATE people SET updated_at = created_at;

-- As #rrggbb.
ALTER TABLE tags ADD COLUMN color TEXT;
ALTER TABLE tags ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
UPDATE tags SET updated_at = created_at;

-- The folders of an external library. The bytes of each path, in the order the owner gave.
CREATE TABLE library_folders (
    owner BLOB NOT NULL,
    library BLOB NOT NULL,
    ordinal INTEGER NOT NULL,
    folder BLOB NOT NULL,
    PRIMARY KEY (owner, library, ordinal),
    FOREIGN KEY (owner, library) REFERENCES libraries (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;

INSERT INTO library_folders (owner, library, ordinal, folder)
    SELECT owner, id, 0, folder FROM libraries WHERE folder IS NOT NULL;

-- Uploads, or external.
ALTER TABLE libraries ADD COLUMN kind TEXT NOT NULL DEFAULT 'uploads';
UPDATE libraries SET kind = 'external' WHERE folder IS NOT NULL;
-- Patterns of paths that are not indexed, as a JSON list.
ALTER TABLE libraries ADD COLUMN exclusions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE libraries ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
UPDATE libraries SET updated_at = created_at;
-- Set once its owner's administrator has removed it: what is left of it goes in the background.
ALTER TABLE libraries ADD COLUMN is_removed BOOLEAN NOT NULL DEFAULT FALSE;

-- A library can have several folders, so the paths of its files are whole ones from now on.
UPDATE files SET path = (
    SELECT CAST(
        CASE libraries.folder WHEN x'2f' THEN '' ELSE CAST(libraries.folder AS TEXT) END
            || '/' || CAST(files.path AS TEXT)
        AS BLOB
    )
    FROM libraries WHERE libraries.owner = files.owner AND libraries.id = files.library
) WHERE EXISTS (
    SELECT 1 FROM libraries
    WHERE libraries.owner = files.owner AND libraries.id = files.library
        AND libraries.folder IS NOT NULL
);
UPDATE problems SET path = (
    SELECT CASE length(problems.path)
        WHEN 0 THEN libraries.folder
        ELSE CAST(
            CASE libraries.folder WHEN x'2f' THEN '' ELSE CAST(libraries.folder AS TEXT) END
                || '/' || CAST(problems.path AS TEXT)
            AS BLOB
        )
    END
    FROM libraries WHERE libraries.owner = problems.owner AND libraries.id = problems.library
) WHERE EXISTS (
    SELECT 1 FROM libraries
    WHERE libraries.owner = problems.owner AND libraries.id = problems.library
        AND libraries.folder IS NOT NULL
);

ALTER TABLE libraries DROP COLUMN folder;
