CREATE FUNCTION allocation_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an allocation is never deleted, only undone' USING ERRCODE = 'integrity_constraint_violation';
END $$
--;;
CREATE TRIGGER allocation_is_kept BEFORE DELETE OR TRUNCATE ON allocation FOR EACH STATEMENT EXECUTE FUNCTION allocation_is_kept()
--;;
CREATE FUNCTION allocation_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    undoing text[] := '{undone_at,undone_by,undone_reason,reversal_entry_id,short_reversal_entry_id}';
BEGIN
    IF OLD.undone_at IS NOT NULL THEN
        RAISE EXCEPTION 'an allocation is undone once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - undoing IS DISTINCT FROM to_jsonb(OLD) - undoing THEN
        RAISE EXCEPTION 'an allocation never changes, it is only undone' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
--;;
CREATE TRIGGER allocation_is_frozen BEFORE UPDATE ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_is_frozen()
