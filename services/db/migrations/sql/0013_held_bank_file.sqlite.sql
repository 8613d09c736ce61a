-- Files with days missing before them, kept until another person accepts or declines.
CREATE TABLE held_bank_file (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  bank_account TEXT,
  accept_untied INTEGER NOT NULL,
  held_at TEXT NOT NULL,
  held_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_held_bank_file PRIMARY KEY (id),
  CONSTRAINT ck_held_bank_file_sha256 CHECK (length(sha256) = 64),
  CONSTRAINT ck_held_bank_file_reason CHECK (reason <> ''),
  CONSTRAINT fk_held_bank_file_bank_account FOREIGN KEY(bank_account) REFERENCES bank_account (code) ON DELETE RESTRICT
) STRICT;
--;;
CREATE TRIGGER held_bank_file_kept BEFORE DELETE ON held_bank_file
BEGIN SELECT RAISE(ABORT, 'a held bank file is never deleted'); END;
--;;
CREATE TRIGGER held_bank_file_fixed BEFORE UPDATE ON held_bank_file
BEGIN SELECT RAISE(ABORT, 'a held bank file is never changed'); END;
