-- Which column of an unknown table says what, as a person chose it.
CREATE TABLE bank_mapping (
  id INTEGER NOT NULL,
  bank_account TEXT NOT NULL,
  layout TEXT NOT NULL,
  mapping TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  forgotten_at TEXT,
  forgotten_by TEXT,
  CONSTRAINT pk_bank_mapping PRIMARY KEY (id),
  CONSTRAINT ck_bank_mapping_layout CHECK (layout <> ''),
  CONSTRAINT ck_bank_mapping_forgotten CHECK ((forgotten_at IS NULL) = (forgotten_by IS NULL)),
  CONSTRAINT fk_bank_mapping_bank_account FOREIGN KEY(bank_account) REFERENCES bank_account (code) ON DELETE RESTRICT
) STRICT;
--;;
CREATE UNIQUE INDEX uq_bank_mapping_layout ON bank_mapping (bank_account, layout) WHERE forgotten_at IS NULL;
--;;
CREATE TRIGGER bank_mapping_kept BEFORE DELETE ON bank_mapping
BEGIN SELECT RAISE(ABORT, 'a mapping is never deleted, only forgotten'); END;
--;;
CREATE TRIGGER bank_mapping_fixed BEFORE UPDATE ON bank_mapping
WHEN OLD.forgotten_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.bank_account IS NOT OLD.bank_account
  OR NEW.layout IS NOT OLD.layout OR NEW.mapping IS NOT OLD.mapping OR NEW.made_at IS NOT OLD.made_at OR NEW.made_by IS NOT OLD.made_by
BEGIN SELECT RAISE(ABORT, 'a mapping is never changed, only forgotten'); END;
