ALTER TABLE bank_statement_file DROP CONSTRAINT ck_bank_statement_file_format
--;;
ALTER TABLE bank_statement_file ADD CONSTRAINT ck_bank_statement_file_format CHECK (format IN ('camt', 'mt940', 'ofx', 'bai2', 'csv', 'qif', 'xlsx', 'zip'))
