CREATE INDEX ix_call_placed_by ON call (json_extract(extra, '$.live.placed_by')) WHERE json_extract(extra, '$.live.placed_by') IS NOT NULL
