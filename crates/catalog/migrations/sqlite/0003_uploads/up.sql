-- What clients send: how they call it, what they keep beside it, and how much room it takes.

CREATE TABLE uploads (
    owner BLOB NOT NULL,
    asset BLOB NOT NULL,
    -- How the client that sent it calls itself and it.
    device TEXT NOT NULL,
    device_asset TEXT NOT NULL,
    -- Bytes of the original, which count against the owner's quota.
    size BIGINT NOT NULL,
    PRIMARY KEY (owner, asset),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX uploads_device ON uploads (owner, device, device_asset);
-- The sum of an owner's uploads is asked for at each upload and each page.
CREATE INDEX uploads_size ON uploads (owner, size);

-- What clients keep beside an asset: JSON objects under names of their own.
CREATE TABLE asset_metadata (
    owner BLOB NOT NULL,
    asset BLOB NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (owner, asset, key),
    FOREIGN KEY (owner, asset) REFERENCES assets (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;
