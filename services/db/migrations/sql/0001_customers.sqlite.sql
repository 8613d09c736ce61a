INSERT INTO customer_counter (id, next_account_id) VALUES (1, 10001);
--;;
CREATE INDEX ix_customer_sorted_by_name ON customer (name_key, id);
--;;
CREATE TRIGGER invoice_details_never_change BEFORE UPDATE ON invoice_details
BEGIN SELECT RAISE(ABORT, 'invoice details never change; add a version'); END;
--;;
CREATE TRIGGER invoice_details_never_go BEFORE DELETE ON invoice_details
BEGIN SELECT RAISE(ABORT, 'invoice details never go; add a version'); END;
--;;
CREATE TRIGGER invoice_details_are_not_replaced BEFORE INSERT ON invoice_details
WHEN EXISTS (SELECT 1 FROM invoice_details
             WHERE id = NEW.id OR (customer_id = NEW.customer_id AND version = NEW.version))
BEGIN SELECT RAISE(ABORT, 'invoice details never change; add a version'); END;
--;;
CREATE TRIGGER customer_note_never_changes BEFORE UPDATE ON customer_note
BEGIN SELECT RAISE(ABORT, 'a note never changes; add another'); END;
--;;
CREATE TRIGGER customer_note_never_goes BEFORE DELETE ON customer_note
BEGIN SELECT RAISE(ABORT, 'a note never goes; add another'); END;
--;;
CREATE TRIGGER customer_note_is_not_replaced BEFORE INSERT ON customer_note
WHEN EXISTS (SELECT 1 FROM customer_note WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a note never changes; add another'); END;
