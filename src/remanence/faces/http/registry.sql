-- The server's own small database: keys and answers that may be asked for again. No memory text is here:
-- of a request a digest, of its answer ids alone.

-- name: create_api_key
CREATE TABLE IF NOT EXISTS api_key (
    lookup TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,      -- argon2id
    scopes TEXT NOT NULL,           -- JSON: a list of words
    patterns TEXT NOT NULL,         -- JSON: a list of patterns of cubes
    created_at INTEGER NOT NULL,    -- microseconds
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT

-- name: create_repeat
CREATE TABLE IF NOT EXISTS repeat (
    caller TEXT NOT NULL,           -- a key's lookup id, '' without keys
    cube TEXT NOT NULL,
    token BLOB NOT NULL,            -- digest of the Idempotency-Key
    request BLOB NOT NULL,          -- digest of method, path and body
    begun_at INTEGER NOT NULL,
    answer TEXT,                    -- JSON: ids alone; NULL until the change is made
    PRIMARY KEY (caller, cube, token)
) STRICT, WITHOUT ROWID

-- name: create_repeat_begun_at
CREATE INDEX IF NOT EXISTS repeat_begun_at_idx ON repeat (begun_at)

-- name: create_salt
CREATE TABLE IF NOT EXISTS salt (value BLOB NOT NULL) STRICT

-- name: insert_salt
INSERT INTO salt (value) SELECT :value WHERE NOT EXISTS (SELECT 1 FROM salt)

-- name: select_salt
SELECT value FROM salt

-- name: insert_api_key
INSERT INTO api_key (lookup, name, secret_hash, scopes, patterns, created_at, expires_at)
VALUES (:lookup, :name, :secret_hash, :scopes, :patterns, :created_at, :expires_at)

-- name: select_api_key
SELECT lookup, name, secret_hash, scopes, patterns, created_at, expires_at, revoked_at
FROM api_key WHERE lookup = :lookup

-- name: select_api_keys
SELECT lookup, name, secret_hash, scopes, patterns, created_at, expires_at, revoked_at
FROM api_key ORDER BY created_at, name

-- name: select_api_key_named
SELECT lookup FROM api_key WHERE name = :name OR lookup = :name

-- name: select_any_api_key
SELECT 1 FROM api_key LIMIT 1

-- name: revoke_api_key
UPDATE api_key SET revoked_at = :revoked_at
WHERE (name = :name OR lookup = :name) AND revoked_at IS NULL RETURNING lookup

-- name: delete_repeats_before
DELETE FROM repeat WHERE begun_at < :time

-- name: select_repeat
SELECT request, answer FROM repeat WHERE caller = :caller AND cube = :cube AND token = :token

-- name: insert_repeat
INSERT INTO repeat (caller, cube, token, request, begun_at)
VALUES (:caller, :cube, :token, :request, :begun_at)

-- name: update_repeat_answer
UPDATE repeat SET answer = :answer WHERE caller = :caller AND cube = :cube AND token = :token

-- name: delete_repeat
DELETE FROM repeat WHERE caller = :caller AND cube = :cube AND token = :token

-- name: clear_repeats_naming
UPDATE repeat SET request = x'', answer = '{"erased":true}' WHERE cube = :cube AND answer IS NOT NULL AND EXISTS (
    SELECT 1 FROM json_tree(answer) AS part
    WHERE part.atom IN (SELECT value FROM json_each(:items))
)
