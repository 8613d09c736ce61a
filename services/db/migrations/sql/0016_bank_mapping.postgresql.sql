-- Which column of an unknown table says what, as a person chose it.
CREATE TABLE bank_mapping (
  id BIGSERIAL NOT NULL,
  bank_account TEXT NOT NULL,
  layout TEXT NOT NULL,
  mapping TEXT NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  made_by TEXT NOT NULL,
  forgotten_at TIMESTAMP WITH TIME ZONE,
  forgotten_by TEXT,
  CONSTRAINT pk_bank_mapping PRIMARY KEY (id),
  CONSTRAINT ck_bank_mapping_layout CHECK (layout <> ''),
  CONSTRAINT ck_bank_mapping_forgotten CHECK ((forgotten_at IS NULL) = (forgotten_by IS NULL)),
  CONSTRAINT fk_bank_mapping_bank_account FOREIGN KEY(bank_account) REFERENCES bank_account (code) ON DELETE RESTRICT
);
--;;
CREATE UNIQUE INDEX uq_bank_mapping_layout ON bank_mapping (bank_account, layout) WHERE forgotten_at IS NULL;
--;;
CREATE TRIGGER bank_mapping_kept BEFORE DELETE ON bank_mapping
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER bank_mapping_whole BEFORE TRUNCATE ON bank_mapping
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER bank_mapping_fixed BEFORE UPDATE ON bank_mapping FOR EACH ROW
WHEN (OLD.forgotten_at IS NOT NULL OR (NEW.id, NEW.bank_account, NEW.layout, NEW.mapping, NEW.made_at, NEW.made_by)
  IS DISTINCT FROM (OLD.id, OLD.bank_account, OLD.layout, OLD.mapping, OLD.made_at, OLD.made_by))
EXECUTE FUNCTION bank_refuse();
