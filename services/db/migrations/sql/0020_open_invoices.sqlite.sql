CREATE INDEX ix_invoice_asks ON invoice (kind, due_on) WHERE status IN ('issued', 'part-paid')
