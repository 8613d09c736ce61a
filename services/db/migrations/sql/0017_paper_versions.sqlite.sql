CREATE TABLE kept_paper (
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  CONSTRAINT pk_kept_paper PRIMARY KEY (sha256),
  CONSTRAINT ck_kept_paper_digest CHECK (length(sha256) = 64)
)
 STRICT
--;;
CREATE TABLE paper_version (
  id INTEGER NOT NULL,
  invoice_id INTEGER,
  credit_note_id INTEGER,
  version INTEGER NOT NULL,
  company_name TEXT NOT NULL,
  address TEXT NOT NULL,
  business_id TEXT NOT NULL,
  email TEXT NOT NULL,
  contact_name TEXT NOT NULL,
  contact_phone TEXT NOT NULL,
  language TEXT NOT NULL,
  po_number TEXT NOT NULL,
  tax_title TEXT NOT NULL,
  tax_note TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  replaces_on TEXT,
  issued_at TEXT NOT NULL,
  issued_by_id INTEGER,
  issued_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  template INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  CONSTRAINT pk_paper_version PRIMARY KEY (id),
  CONSTRAINT uq_paper_version_invoice_id_version UNIQUE (invoice_id, version),
  CONSTRAINT uq_paper_version_credit_note_id_version UNIQUE (credit_note_id, version),
  CONSTRAINT ck_paper_version_of_one_paper CHECK ((invoice_id IS NULL) <> (credit_note_id IS NULL)),
  CONSTRAINT ck_paper_version_version CHECK (version >= 1 AND (version = 1) = (replaces_on IS NULL)),
  CONSTRAINT ck_paper_version_has_a_reason CHECK (version = 1 OR reason <> ''),
  CONSTRAINT ck_paper_version_language CHECK (language IN ('en', 'fr')),
  CONSTRAINT fk_paper_version_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT fk_paper_version_credit_note_id FOREIGN KEY(credit_note_id) REFERENCES credit_note (id) ON DELETE RESTRICT,
  CONSTRAINT fk_paper_version_sha256 FOREIGN KEY(sha256) REFERENCES kept_paper (sha256) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE TRIGGER kept_paper_never_changes BEFORE UPDATE ON kept_paper
BEGIN SELECT RAISE(ABORT, 'the file of a paper never changes'); END
--;;
CREATE TRIGGER kept_paper_is_kept BEFORE DELETE ON kept_paper
BEGIN SELECT RAISE(ABORT, 'the file of a paper is never deleted'); END
--;;
CREATE TRIGGER paper_version_never_changes BEFORE UPDATE ON paper_version
BEGIN SELECT RAISE(ABORT, 'a version of a paper never changes; add another'); END
--;;
CREATE TRIGGER paper_version_is_kept BEFORE DELETE ON paper_version
BEGIN SELECT RAISE(ABORT, 'a version of a paper is never deleted'); END
--;;
CREATE TRIGGER paper_version_follows BEFORE INSERT ON paper_version
WHEN NEW.version <> 1 + (SELECT COUNT(*) FROM paper_version
    WHERE invoice_id = NEW.invoice_id OR credit_note_id = NEW.credit_note_id)
BEGIN SELECT RAISE(ABORT, 'versions of a paper have no gaps'); END
