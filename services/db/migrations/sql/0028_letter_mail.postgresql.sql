-- E-mail that carries a letter about a postpaid application, and is about no invoice.
ALTER TABLE mail_message ALTER COLUMN invoice_id DROP NOT NULL;
--;;
ALTER TABLE mail_message ADD CONSTRAINT ck_mail_message_about_an_invoice CHECK ((invoice_id IS NULL) = (about = 'postpaid letter'));
--;;
ALTER TABLE mail_message DROP CONSTRAINT ck_mail_message_kind;
--;;
ALTER TABLE mail_message ADD CONSTRAINT ck_mail_message_kind CHECK (kind IN ('invoice', 'corrected copy', 'credit note', 'payment received', 'short payment', 'reminder', 'postpaid letter'));
--;;
ALTER TABLE mail_message DROP CONSTRAINT ck_mail_message_about;
--;;
ALTER TABLE mail_message ADD CONSTRAINT ck_mail_message_about CHECK (about IN ('invoice', 'credit note', 'allocation', 'postpaid letter'));
