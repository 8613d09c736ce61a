CREATE FUNCTION company_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'a stored ' || TG_TABLE_NAME || ' never changes; add a new one'; END $$;
--;;
CREATE TRIGGER company_profile_never_changes BEFORE UPDATE OR DELETE ON company_profile
FOR EACH ROW EXECUTE FUNCTION company_never_changes();
--;;
CREATE TRIGGER company_profile_never_emptied BEFORE TRUNCATE ON company_profile
FOR EACH STATEMENT EXECUTE FUNCTION company_never_changes();
--;;
CREATE TRIGGER bank_account_version_never_changes BEFORE UPDATE OR DELETE ON bank_account_version
FOR EACH ROW EXECUTE FUNCTION company_never_changes();
--;;
CREATE TRIGGER bank_account_version_never_emptied BEFORE TRUNCATE ON bank_account_version
FOR EACH STATEMENT EXECUTE FUNCTION company_never_changes();
