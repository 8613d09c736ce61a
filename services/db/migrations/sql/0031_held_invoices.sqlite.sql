-- Whose monthly invoice waits, and why.
CREATE TABLE commitment_hold (
  id INTEGER NOT NULL,
  commitment_id INTEGER NOT NULL,
  reason TEXT NOT NULL,
  held_at TEXT NOT NULL,
  held_by TEXT NOT NULL,
  released_at TEXT,
  released_by TEXT,
  released_reason TEXT,
  CONSTRAINT pk_commitment_hold PRIMARY KEY (id),
  CONSTRAINT ck_commitment_hold_said CHECK (reason <> '' AND released_reason <> ''),
  CONSTRAINT ck_commitment_hold_released CHECK ((released_at IS NULL) = (released_reason IS NULL)),
  CONSTRAINT fk_commitment_hold_commitment_id FOREIGN KEY(commitment_id) REFERENCES commitment (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_commitment_hold_commitment_id ON commitment_hold (commitment_id);
--;;
CREATE UNIQUE INDEX uq_commitment_hold_open ON commitment_hold (commitment_id) WHERE released_at IS NULL;
--;;
CREATE TRIGGER commitment_hold_kept BEFORE DELETE ON commitment_hold
BEGIN SELECT RAISE(ABORT, 'it is never deleted'); END;
--;;
CREATE TRIGGER commitment_hold_fixed BEFORE UPDATE ON commitment_hold
WHEN OLD.released_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.commitment_id IS NOT OLD.commitment_id OR NEW.reason IS NOT OLD.reason OR NEW.held_at IS NOT OLD.held_at OR NEW.held_by IS NOT OLD.held_by
BEGIN SELECT RAISE(ABORT, 'it is only released, once'); END;
