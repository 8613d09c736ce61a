-- Promotional credit: each customer has an own account of it. SQLite alters no CHECK, and a table that others refer to
-- is not rebuilt for a word: the one way left is its own text, re-read at once.
PRAGMA writable_schema = ON;
--;;
UPDATE sqlite_schema
   SET sql = replace(sql, '''credit_unpaid'', ''receivable''', '''credit_unpaid'', ''promo_deferred'', ''receivable''')
 WHERE type = 'table' AND name = 'account';
--;;
PRAGMA writable_schema = RESET;
--;;
CREATE INDEX ix_account_promotional ON account (customer_id) WHERE purpose = 'promo_deferred';
