-- How much credit may be ahead of transfers, as dated settings.
CREATE TABLE provisional_cap (
  id BIGSERIAL NOT NULL,
  valid_from DATE NOT NULL,
  for_one_micros BIGINT NOT NULL,
  in_all_micros BIGINT NOT NULL,
  usual_days INTEGER NOT NULL,
  most_days INTEGER NOT NULL,
  reason TEXT NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by TEXT NOT NULL,
  CONSTRAINT pk_provisional_cap PRIMARY KEY (id),
  CONSTRAINT ck_provisional_cap_amounts CHECK (for_one_micros >= 0 AND in_all_micros >= for_one_micros),
  CONSTRAINT ck_provisional_cap_days CHECK (usual_days >= 1 AND most_days >= usual_days),
  CONSTRAINT ck_provisional_cap_reason CHECK (reason <> '')
);
--;;
CREATE TRIGGER provisional_cap_kept BEFORE DELETE OR UPDATE ON provisional_cap
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER provisional_cap_whole BEFORE TRUNCATE ON provisional_cap
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
