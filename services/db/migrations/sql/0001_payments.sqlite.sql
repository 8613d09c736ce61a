CREATE TRIGGER allocation_is_kept BEFORE DELETE ON allocation
BEGIN
    SELECT RAISE(ABORT, 'an allocation is never deleted, only undone');
END
--;;
CREATE TRIGGER allocation_core_is_frozen BEFORE UPDATE OF
    id, nonce, bank_line_id, invoice_id, customer_id, currency, paid_micros, fee_micros, net_micros, base_micros, short,
    entry_id, short_entry_id, allocated_on, allocated_at, allocated_by, rule, score, reasons, algorithm, payer_account
ON allocation
BEGIN
    SELECT RAISE(ABORT, 'an allocation never changes, it is only undone');
END
--;;
CREATE TRIGGER allocation_is_undone_once BEFORE UPDATE ON allocation
WHEN OLD.undone_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an allocation is undone once');
END
--;;
CREATE TRIGGER allocation_is_not_replaced BEFORE INSERT ON allocation
WHEN EXISTS (SELECT 1 FROM allocation WHERE id = NEW.id OR nonce = NEW.nonce OR entry_id = NEW.entry_id)
BEGIN
    SELECT RAISE(ABORT, 'an allocation is never replaced');
END
