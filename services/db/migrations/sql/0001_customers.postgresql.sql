INSERT INTO customer_counter (id, next_account_id) VALUES (1, 10001);
--;;
CREATE INDEX ix_customer_sorted_by_name ON customer (name_key COLLATE "C", id);
--;;
CREATE FUNCTION customers_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'a stored ' || TG_TABLE_NAME || ' never changes; add a new one'; END $$;
--;;
CREATE TRIGGER invoice_details_never_change BEFORE UPDATE OR DELETE ON invoice_details
FOR EACH ROW EXECUTE FUNCTION customers_never_change();
--;;
CREATE TRIGGER invoice_details_never_emptied BEFORE TRUNCATE ON invoice_details
FOR EACH STATEMENT EXECUTE FUNCTION customers_never_change();
--;;
CREATE TRIGGER customer_note_never_changes BEFORE UPDATE OR DELETE ON customer_note
FOR EACH ROW EXECUTE FUNCTION customers_never_change();
--;;
CREATE TRIGGER customer_note_never_emptied BEFORE TRUNCATE ON customer_note
FOR EACH STATEMENT EXECUTE FUNCTION customers_never_change();
