-- A refund is paid once, and what paid it is never changed.
CREATE UNIQUE INDEX uq_bank_sorting_receipt_refund ON bank_sorting (receipt_refund_id) WHERE undone_at IS NULL;
--;;
DROP TRIGGER bank_sorting_fixed ON bank_sorting;
--;;
CREATE TRIGGER bank_sorting_fixed BEFORE UPDATE ON bank_sorting FOR EACH ROW
WHEN (OLD.undone_at IS NOT NULL OR (OLD.pair_id IS NOT NULL AND NEW.pair_id IS DISTINCT FROM OLD.pair_id)
  OR (NEW.id, NEW.bank_line_id, NEW.sort, NEW.currency, NEW.amount_micros, NEW.customer_id, NEW.receipt_refund_id, NEW.rule_id, NEW.entry_id, NEW.sorted_on, NEW.sorted_at, NEW.sorted_by)
  IS DISTINCT FROM (OLD.id, OLD.bank_line_id, OLD.sort, OLD.currency, OLD.amount_micros, OLD.customer_id, OLD.receipt_refund_id, OLD.rule_id, OLD.entry_id, OLD.sorted_on, OLD.sorted_at, OLD.sorted_by))
EXECUTE FUNCTION bank_refuse();
