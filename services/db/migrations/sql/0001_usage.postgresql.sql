-- Usage is a fact: rows are added, never changed; an undone import adds the opposite rows.
CREATE FUNCTION usage_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'usage: reported usage is never changed'; END $$;
--;;
CREATE TRIGGER usage_day_never_changes BEFORE UPDATE OR DELETE ON usage_day
FOR EACH ROW EXECUTE FUNCTION usage_never_changes();
--;;
CREATE TRIGGER usage_day_never_emptied BEFORE TRUNCATE ON usage_day
FOR EACH STATEMENT EXECUTE FUNCTION usage_never_changes();
