CREATE FUNCTION pricing_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'a stored ' || TG_TABLE_NAME || ' never changes; add one with a later date'; END $$;
--;;
CREATE TRIGGER exchange_rate_never_changes BEFORE UPDATE OR DELETE ON exchange_rate
FOR EACH ROW EXECUTE FUNCTION pricing_never_changes();
--;;
CREATE TRIGGER exchange_rate_never_emptied BEFORE TRUNCATE ON exchange_rate
FOR EACH STATEMENT EXECUTE FUNCTION pricing_never_changes();
--;;
CREATE TRIGGER tax_rule_never_changes BEFORE UPDATE OR DELETE ON tax_rule
FOR EACH ROW EXECUTE FUNCTION pricing_never_changes();
--;;
CREATE TRIGGER tax_rule_never_emptied BEFORE TRUNCATE ON tax_rule
FOR EACH STATEMENT EXECUTE FUNCTION pricing_never_changes();
