-- How much credit may be ahead of transfers, as dated settings.
CREATE TABLE provisional_cap (
  id INTEGER NOT NULL,
  valid_from TEXT NOT NULL,
  for_one_micros INTEGER NOT NULL,
  in_all_micros INTEGER NOT NULL,
  usual_days INTEGER NOT NULL,
  most_days INTEGER NOT NULL,
  reason TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  CONSTRAINT pk_provisional_cap PRIMARY KEY (id),
  CONSTRAINT ck_provisional_cap_amounts CHECK (for_one_micros >= 0 AND in_all_micros >= for_one_micros),
  CONSTRAINT ck_provisional_cap_days CHECK (usual_days >= 1 AND most_days >= usual_days),
  CONSTRAINT ck_provisional_cap_reason CHECK (reason <> '')
) STRICT;
--;;
CREATE TRIGGER provisional_cap_kept BEFORE DELETE ON provisional_cap
BEGIN SELECT RAISE(ABORT, 'what was allowed is never deleted'); END;
--;;
CREATE TRIGGER provisional_cap_fixed BEFORE UPDATE ON provisional_cap
BEGIN SELECT RAISE(ABORT, 'what was allowed is never changed, only added to'); END;
