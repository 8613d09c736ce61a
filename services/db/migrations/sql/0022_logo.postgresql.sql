CREATE TABLE logo_picture (
  sha256 TEXT NOT NULL,
  content BYTEA NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  CONSTRAINT pk_logo_picture PRIMARY KEY (sha256),
  CONSTRAINT ck_logo_picture_digest CHECK (length(sha256) = 64),
  CONSTRAINT ck_logo_picture_sides CHECK (width > 0 AND height > 0)
)
--;;
CREATE TABLE logo_version (
  version BIGINT NOT NULL,
  sha256 TEXT,
  changed_on DATE NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by_id BIGINT,
  changed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_logo_version PRIMARY KEY (version),
  CONSTRAINT ck_logo_version_version CHECK (version >= 1),
  CONSTRAINT ck_logo_version_reason CHECK (reason <> ''),
  CONSTRAINT fk_logo_version_sha256 FOREIGN KEY(sha256) REFERENCES logo_picture (sha256) ON DELETE RESTRICT
)
--;;
CREATE TRIGGER logo_picture_never_changes BEFORE UPDATE ON logo_picture
FOR EACH ROW EXECUTE FUNCTION document_never_changes()
--;;
CREATE TRIGGER logo_picture_is_kept BEFORE DELETE OR TRUNCATE ON logo_picture
FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
--;;
CREATE TRIGGER logo_version_never_changes BEFORE UPDATE ON logo_version
FOR EACH ROW EXECUTE FUNCTION document_never_changes()
--;;
CREATE TRIGGER logo_version_is_kept BEFORE DELETE OR TRUNCATE ON logo_version
FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
