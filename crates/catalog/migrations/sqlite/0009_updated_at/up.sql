-- When anything of the asset's row last changed, in microseconds since 1970; 0 for rows that have
-- not changed since before this column was added.
ALTER TABLE assets ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
