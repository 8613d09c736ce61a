-- Which days an invoice in arrears is for, first and last. The guard of its frozen core knows every column but those it names.
ALTER TABLE invoice ADD COLUMN used_days TEXT DEFAULT '' NOT NULL;
