-- E-mail that is about a commitment and no invoice.
ALTER TABLE mail_message ALTER COLUMN invoice_id DROP NOT NULL;
--;;
ALTER TABLE mail_message DROP CONSTRAINT ck_mail_message_about;
--;;
ALTER TABLE mail_message ADD CONSTRAINT ck_mail_message_about CHECK (about IN ('invoice', 'credit note', 'allocation', 'postpaid letter', 'commitment'));
--;;
ALTER TABLE mail_message DROP CONSTRAINT ck_mail_message_about_an_invoice;
--;;
ALTER TABLE mail_message ADD CONSTRAINT ck_mail_message_about_an_invoice CHECK ((invoice_id IS NULL) = (about IN ('postpaid letter', 'commitment')));
--;;
ALTER TABLE mail_message DROP CONSTRAINT ck_mail_message_kind;
--;;
ALTER TABLE mail_message ADD CONSTRAINT ck_mail_message_kind CHECK (kind IN ('invoice', 'corrected copy', 'credit note', 'payment received', 'short payment', 'reminder', 'postpaid letter', 'credit limit'));
