CREATE TABLE logo_picture (
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  CONSTRAINT pk_logo_picture PRIMARY KEY (sha256),
  CONSTRAINT ck_logo_picture_digest CHECK (length(sha256) = 64),
  CONSTRAINT ck_logo_picture_sides CHECK (width > 0 AND height > 0)
)
 STRICT
--;;
CREATE TABLE logo_version (
  version INTEGER NOT NULL,
  sha256 TEXT,
  changed_on TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by_id INTEGER,
  changed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_logo_version PRIMARY KEY (version),
  CONSTRAINT ck_logo_version_version CHECK (version >= 1),
  CONSTRAINT ck_logo_version_reason CHECK (reason <> ''),
  CONSTRAINT fk_logo_version_sha256 FOREIGN KEY(sha256) REFERENCES logo_picture (sha256) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE TRIGGER logo_picture_never_changes BEFORE UPDATE ON logo_picture
BEGIN SELECT RAISE(ABORT, 'a picture of papers never changes'); END
--;;
CREATE TRIGGER logo_picture_is_kept BEFORE DELETE ON logo_picture
BEGIN SELECT RAISE(ABORT, 'a picture of papers is never deleted'); END
--;;
CREATE TRIGGER logo_version_never_changes BEFORE UPDATE ON logo_version
BEGIN SELECT RAISE(ABORT, 'a version of the logo never changes; add another'); END
--;;
CREATE TRIGGER logo_version_is_kept BEFORE DELETE ON logo_version
BEGIN SELECT RAISE(ABORT, 'a version of the logo is never deleted'); END
