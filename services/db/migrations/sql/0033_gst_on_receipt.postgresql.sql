-- GST on a cash basis. The guard of an invoice's frozen core knows every column but those it names, so this one as well.
ALTER TABLE invoice ADD COLUMN gst_on_receipt BOOLEAN DEFAULT '0' NOT NULL;
--;;
ALTER TABLE account DROP CONSTRAINT ck_account_owner;
--;;
ALTER TABLE account ADD CONSTRAINT ck_account_owner CHECK ((customer_id IS NOT NULL)
  = (purpose IN ('credit', 'credit_unpaid', 'gst_not_due', 'promo_deferred', 'receivable', 'refund_payable')));
