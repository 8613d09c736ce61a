-- Files with days missing before them, kept until another person accepts or declines.
CREATE TABLE held_bank_file (
  id BIGSERIAL NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  content BYTEA NOT NULL,
  bank_account TEXT,
  accept_untied BOOLEAN NOT NULL,
  held_at TIMESTAMP WITH TIME ZONE NOT NULL,
  held_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_held_bank_file PRIMARY KEY (id),
  CONSTRAINT ck_held_bank_file_sha256 CHECK (length(sha256) = 64),
  CONSTRAINT ck_held_bank_file_reason CHECK (reason <> ''),
  CONSTRAINT fk_held_bank_file_bank_account FOREIGN KEY(bank_account) REFERENCES bank_account (code) ON DELETE RESTRICT
);
--;;
CREATE TRIGGER held_bank_file_kept BEFORE DELETE OR UPDATE ON held_bank_file
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER held_bank_file_whole BEFORE TRUNCATE ON held_bank_file
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
