CREATE FUNCTION invoice_core_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{status,allocated_micros,fee_micros}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{status,allocated_micros,fee_micros}'::text[] THEN
        RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
--;;
CREATE TRIGGER invoice_core_is_frozen BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_core_is_frozen()
--;;
CREATE FUNCTION document_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is never deleted', ERRCODE = 'integrity_constraint_violation';
END $$
--;;
CREATE TRIGGER invoice_is_kept BEFORE DELETE OR TRUNCATE ON invoice FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
--;;
CREATE TRIGGER document_counter_is_kept BEFORE DELETE OR TRUNCATE ON document_counter
FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
--;;
CREATE FUNCTION document_counter_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.series <> OLD.series OR NEW.last_no <> OLD.last_no + 1 THEN
        RAISE EXCEPTION 'a series of numbers has no gaps' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
--;;
CREATE TRIGGER document_counter_counts BEFORE UPDATE ON document_counter
FOR EACH ROW EXECUTE FUNCTION document_counter_counts()
