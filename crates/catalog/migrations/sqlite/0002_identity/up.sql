-- Who people are: what others see of a user, what a user prefers, how a user goes, and what a
-- session and a key tell of themselves.

-- One of ten names; none while the user has not chosen.
ALTER TABLE users ADD COLUMN avatar_color TEXT;
-- What the user's folder of uploads is called instead of the user's id.
ALTER TABLE users ADD COLUMN storage_label TEXT;
ALTER TABLE users ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN profile_changed_at BIGINT NOT NULL DEFAULT 0;
-- Whether there is a row of profile_images.
ALTER TABLE users ADD COLUMN has_profile_image BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN is_onboarded BOOLEAN NOT NULL DEFAULT TRUE;
-- Whether the removal of everything the user has may have begun, so that there is no way back.
ALTER TABLE users ADD COLUMN is_removing BOOLEAN NOT NULL DEFAULT FALSE;
-- What the user has chosen otherwise than the defaults, as JSON.
ALTER TABLE users ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';
UPDATE users SET updated_at = created_at, profile_changed_at = created_at;
CREATE UNIQUE INDEX users_storage_label ON users (storage_label) WHERE storage_label IS NOT NULL;

CREATE TABLE profile_images (
    user BLOB NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    jpeg BLOB NOT NULL
);

-- The version of the mobile app that signed in.
ALTER TABLE sessions ADD COLUMN app_version TEXT;
-- The session that opened this one, with which it ends.
ALTER TABLE sessions ADD COLUMN parent BLOB REFERENCES sessions (id) ON DELETE CASCADE;
-- Whether the device is to fetch everything anew.
ALTER TABLE sessions ADD COLUMN is_pending_sync_reset BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX sessions_parent ON sessions (parent) WHERE parent IS NOT NULL;
CREATE INDEX sessions_expires_at ON sessions (expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE api_keys ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
UPDATE api_keys SET updated_at = created_at;
