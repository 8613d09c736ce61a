-- Whose monthly invoice waits, and why.
CREATE TABLE commitment_hold (
  id BIGSERIAL NOT NULL,
  commitment_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  held_at TIMESTAMP WITH TIME ZONE NOT NULL,
  held_by TEXT NOT NULL,
  released_at TIMESTAMP WITH TIME ZONE,
  released_by TEXT,
  released_reason TEXT,
  CONSTRAINT pk_commitment_hold PRIMARY KEY (id),
  CONSTRAINT ck_commitment_hold_said CHECK (reason <> '' AND released_reason <> ''),
  CONSTRAINT ck_commitment_hold_released CHECK ((released_at IS NULL) = (released_reason IS NULL)),
  CONSTRAINT fk_commitment_hold_commitment_id FOREIGN KEY(commitment_id) REFERENCES commitment (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_commitment_hold_commitment_id ON commitment_hold (commitment_id);
--;;
CREATE UNIQUE INDEX uq_commitment_hold_open ON commitment_hold (commitment_id) WHERE released_at IS NULL;
--;;
CREATE TRIGGER commitment_hold_kept BEFORE DELETE ON commitment_hold
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER commitment_hold_whole BEFORE TRUNCATE ON commitment_hold
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER commitment_hold_fixed BEFORE UPDATE ON commitment_hold FOR EACH ROW
WHEN (OLD.released_at IS NOT NULL OR (NEW.id, NEW.commitment_id, NEW.reason, NEW.held_at, NEW.held_by)
  IS DISTINCT FROM (OLD.id, OLD.commitment_id, OLD.reason, OLD.held_at, OLD.held_by))
EXECUTE FUNCTION bank_refuse();
