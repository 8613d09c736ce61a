-- GST on a cash basis. SQLite alters no CHECK, and a table that others refer to is not rebuilt for a word.
ALTER TABLE invoice ADD COLUMN gst_on_receipt INTEGER DEFAULT '0' NOT NULL;
--;;
CREATE TRIGGER invoice_gst_on_receipt_is_frozen BEFORE UPDATE OF gst_on_receipt ON invoice
BEGIN
    SELECT RAISE(ABORT, 'an issued invoice never changes');
END
--;;
PRAGMA writable_schema = ON
--;;
UPDATE sqlite_schema
   SET sql = replace(sql, '''credit_unpaid'', ''promo_deferred''', '''credit_unpaid'', ''gst_not_due'', ''promo_deferred''')
 WHERE type = 'table' AND name = 'account'
--;;
PRAGMA writable_schema = RESET
