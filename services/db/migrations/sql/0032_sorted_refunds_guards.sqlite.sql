-- A refund is paid once, and what paid it is never changed.
CREATE UNIQUE INDEX uq_bank_sorting_receipt_refund ON bank_sorting (receipt_refund_id) WHERE undone_at IS NULL;
--;;
DROP TRIGGER bank_sorting_fixed;
--;;
CREATE TRIGGER bank_sorting_fixed BEFORE UPDATE ON bank_sorting
WHEN OLD.undone_at IS NOT NULL OR (OLD.pair_id IS NOT NULL AND NEW.pair_id IS NOT OLD.pair_id) OR NEW.id IS NOT OLD.id OR NEW.bank_line_id IS NOT OLD.bank_line_id OR NEW.sort IS NOT OLD.sort OR NEW.currency IS NOT OLD.currency OR NEW.amount_micros IS NOT OLD.amount_micros OR NEW.customer_id IS NOT OLD.customer_id OR NEW.receipt_refund_id IS NOT OLD.receipt_refund_id OR NEW.rule_id IS NOT OLD.rule_id OR NEW.entry_id IS NOT OLD.entry_id OR NEW.sorted_on IS NOT OLD.sorted_on OR NEW.sorted_at IS NOT OLD.sorted_at OR NEW.sorted_by IS NOT OLD.sorted_by
BEGIN SELECT RAISE(ABORT, 'what a bank line was is only taken back, once'); END;
