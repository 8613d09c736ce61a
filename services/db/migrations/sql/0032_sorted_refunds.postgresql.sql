-- A line of money out may pay the refund of a receipt instead of what a credit note owes.
ALTER TABLE bank_sorting ADD COLUMN receipt_refund_id BIGINT
  CONSTRAINT fk_bank_sorting_receipt_refund_id REFERENCES receipt_refund (id) ON DELETE RESTRICT;
--;;
ALTER TABLE bank_sorting DROP CONSTRAINT ck_bank_sorting_whose;
--;;
ALTER TABLE bank_sorting ADD CONSTRAINT ck_bank_sorting_whose CHECK ((sort = 'refund') = ((customer_id IS NULL) <> (receipt_refund_id IS NULL)));
