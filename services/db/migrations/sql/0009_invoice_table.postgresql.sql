ALTER TABLE invoice ADD COLUMN credited_micros BIGINT DEFAULT '0' NOT NULL
--;;
ALTER TABLE invoice ADD COLUMN short_micros BIGINT DEFAULT '0' NOT NULL
--;;
ALTER TABLE invoice ADD COLUMN cleared_net_micros BIGINT DEFAULT '0' NOT NULL
--;;
ALTER TABLE invoice ADD COLUMN po_number TEXT DEFAULT '' NOT NULL
--;;
ALTER TABLE invoice DROP CONSTRAINT ck_invoice_not_overpaid
--;;
ALTER TABLE invoice DROP CONSTRAINT ck_invoice_status_follows
--;;
ALTER TABLE invoice ADD CONSTRAINT ck_invoice_credited CHECK (short_micros >= 0 AND short_micros <= credited_micros)
--;;
ALTER TABLE invoice ADD CONSTRAINT ck_invoice_cleared CHECK (cleared_net_micros >= 0 AND cleared_net_micros <= net_micros)
--;;
ALTER TABLE invoice ADD CONSTRAINT ck_invoice_not_overpaid CHECK (allocated_micros + fee_micros + credited_micros <= gross_micros)
--;;
ALTER TABLE invoice ADD CONSTRAINT ck_invoice_status_follows CHECK ((status = 'issued' AND allocated_micros + fee_micros = 0 AND allocated_micros + fee_micros + credited_micros < gross_micros) OR (status = 'part-paid' AND allocated_micros + fee_micros > 0 AND allocated_micros + fee_micros + credited_micros < gross_micros) OR (status = 'paid' AND allocated_micros > 0 AND fee_micros + short_micros = 0 AND allocated_micros + fee_micros + credited_micros = gross_micros) OR (status = 'settled short' AND allocated_micros > 0 AND fee_micros + short_micros > 0 AND allocated_micros + fee_micros + credited_micros = gross_micros) OR (status = 'credited' AND credited_micros = gross_micros) OR (status IN ('expired', 'void') AND allocated_micros + fee_micros + credited_micros = 0) OR (status = 'written off' AND allocated_micros + fee_micros > 0 AND allocated_micros + fee_micros + credited_micros < gross_micros))
--;;
COMMENT ON COLUMN invoice.credited_micros IS 'by credit and adjustment notes'
--;;
COMMENT ON COLUMN invoice.short_micros IS 'of it, because too little arrived'
--;;
COMMENT ON COLUMN invoice.cleared_net_micros IS 'of the net, no longer awaited'
--;;
COMMENT ON COLUMN invoice.po_number IS 'the buyer''s purchase order'
