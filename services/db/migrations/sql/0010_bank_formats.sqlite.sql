CREATE TABLE bank_statement_file_anew (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  format TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  imported_at TEXT NOT NULL,
  imported_by TEXT NOT NULL,
  undone_at TEXT,
  undone_by TEXT,
  undone_reason TEXT,
  CONSTRAINT pk_bank_statement_file PRIMARY KEY (id),
  CONSTRAINT ck_bank_statement_file_format CHECK (format IN ('camt', 'mt940', 'ofx', 'bai2', 'csv', 'qif', 'xlsx', 'zip')),
  CONSTRAINT ck_bank_statement_file_sha256 CHECK (length(sha256) = 64),
  CONSTRAINT ck_bank_statement_file_undone_by CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
  CONSTRAINT ck_bank_statement_file_undone_reason CHECK ((undone_at IS NULL) = (undone_reason IS NULL))
)
 STRICT;
