-- A rental charged is a posted fact; giving it back is a new fact.
CREATE FUNCTION numbers_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'numbers: % is never changed or deleted', TG_TABLE_NAME; END $$;
--;;
CREATE TRIGGER number_rental_never_changes BEFORE UPDATE OR DELETE ON number_rental
FOR EACH ROW EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_rental_never_emptied BEFORE TRUNCATE ON number_rental
FOR EACH STATEMENT EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER dedicated_number_never_deleted BEFORE DELETE ON dedicated_number
FOR EACH ROW EXECUTE FUNCTION numbers_never_changes();
