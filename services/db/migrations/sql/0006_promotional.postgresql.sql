-- Promotional credit: each customer has an own account of it.
ALTER TABLE account DROP CONSTRAINT ck_account_owner;
--;;
ALTER TABLE account ADD CONSTRAINT ck_account_owner
  CHECK ((customer_id IS NOT NULL) = (purpose IN ('credit', 'credit_unpaid', 'promo_deferred', 'receivable')));
--;;
CREATE INDEX ix_account_promotional ON account (customer_id) WHERE purpose = 'promo_deferred';
