CREATE TABLE person (
  id BIGSERIAL NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  must_change_password BOOLEAN NOT NULL,
  active BOOLEAN NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_person PRIMARY KEY (id),
  CONSTRAINT ck_person_email_lower CHECK (email = lower(email)),
  CONSTRAINT ck_person_named CHECK (name <> ''),
  CONSTRAINT ck_person_role CHECK (role IN ('accounting', 'manager', 'support', 'admin')),
  CONSTRAINT uq_person_email UNIQUE (email)
);
--;;
CREATE TABLE sign_in_attempt (
  id BIGSERIAL NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  email TEXT NOT NULL,
  ip TEXT NOT NULL,
  succeeded BOOLEAN NOT NULL,
  CONSTRAINT pk_sign_in_attempt PRIMARY KEY (id)
);
--;;
CREATE INDEX ix_sign_in_attempt_email_at ON sign_in_attempt (email, at);
--;;
CREATE INDEX ix_sign_in_attempt_at ON sign_in_attempt (at);
--;;
CREATE INDEX ix_sign_in_attempt_ip_at ON sign_in_attempt (ip, at);
--;;
CREATE TABLE company_profile (
  valid_from DATE NOT NULL,
  name TEXT NOT NULL,
  abn TEXT NOT NULL,
  address TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  website TEXT NOT NULL,
  country TEXT NOT NULL,
  tax_point TEXT NOT NULL,
  gst_basis TEXT NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by TEXT NOT NULL,
  CONSTRAINT pk_company_profile PRIMARY KEY (valid_from),
  CONSTRAINT ck_company_profile_tax_point CHECK (tax_point IN ('topup', 'redemption')),
  CONSTRAINT ck_company_profile_gst_basis CHECK (gst_basis IN ('accrual', 'cash')),
  CONSTRAINT ck_company_profile_abn CHECK (length(abn) = 11),
  CONSTRAINT ck_company_profile_name CHECK (name <> '')
);
--;;
CREATE TABLE currency (
  code TEXT NOT NULL,
  minor_digits BIGINT NOT NULL,
  minimum_top_up_micros BIGINT NOT NULL,
  maximum_top_up_micros BIGINT NOT NULL,
  CONSTRAINT pk_currency PRIMARY KEY (code),
  CONSTRAINT ck_currency_code_form CHECK (length(code) = 3 AND code = upper(code)),
  CONSTRAINT ck_currency_minor_digits CHECK (minor_digits BETWEEN 0 AND 4),
  CONSTRAINT ck_currency_limits CHECK (0 < minimum_top_up_micros AND minimum_top_up_micros <= maximum_top_up_micros)
);
--;;
CREATE TABLE tax_rule (
  country TEXT NOT NULL,
  valid_from DATE NOT NULL,
  valid_before DATE,
  code TEXT NOT NULL,
  title_en TEXT NOT NULL,
  title_fr TEXT NOT NULL,
  rate_numerator BIGINT NOT NULL,
  rate_denominator BIGINT NOT NULL,
  note_en TEXT NOT NULL,
  note_fr TEXT NOT NULL,
  shows_tax BOOLEAN NOT NULL,
  tax_name TEXT NOT NULL,
  CONSTRAINT pk_tax_rule PRIMARY KEY (country, valid_from),
  CONSTRAINT ck_tax_rule_country_form CHECK (country = '*' OR (length(country) = 2 AND country = upper(country))),
  CONSTRAINT ck_tax_rule_dates CHECK (valid_before IS NULL OR valid_before > valid_from),
  CONSTRAINT ck_tax_rule_rate CHECK (rate_numerator >= 0 AND rate_denominator > rate_numerator)
);
--;;
CREATE TABLE accounting_period (
  period BIGINT NOT NULL,
  status TEXT NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  closed_by TEXT,
  CONSTRAINT pk_accounting_period PRIMARY KEY (period),
  CONSTRAINT ck_accounting_period_is_month CHECK (period BETWEEN 190001 AND 999912 AND period % 100 BETWEEN 1 AND 12),
  CONSTRAINT ck_accounting_period_status CHECK (status IN ('open', 'closed'))
);
--;;
CREATE TABLE control_day (
  purpose TEXT NOT NULL,
  currency TEXT NOT NULL,
  detail TEXT NOT NULL,
  day DATE NOT NULL,
  kind TEXT NOT NULL,
  debit BIGINT NOT NULL,
  credit BIGINT NOT NULL,
  base_debit BIGINT NOT NULL,
  base_credit BIGINT NOT NULL,
  postings BIGINT NOT NULL,
  CONSTRAINT pk_control_day PRIMARY KEY (purpose, currency, detail, day, kind)
);
--;;
CREATE INDEX ix_control_day_day ON control_day (purpose, day);
--;;
CREATE TABLE chain_block (
  no BIGINT NOT NULL,
  from_mark BIGINT NOT NULL,
  before_mark BIGINT NOT NULL,
  entries BIGINT NOT NULL,
  previous_hash BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_chain_block PRIMARY KEY (no),
  CONSTRAINT ck_chain_block_range CHECK (before_mark > from_mark),
  CONSTRAINT uq_chain_block_from_mark UNIQUE (from_mark)
);
--;;
CREATE TABLE customer_counter (
  id BIGINT NOT NULL,
  next_account_id BIGINT NOT NULL,
  CONSTRAINT pk_customer_counter PRIMARY KEY (id),
  CONSTRAINT ck_customer_counter_single CHECK (id = 1),
  CONSTRAINT ck_customer_counter_five_digits CHECK (next_account_id > 10000)
);
--;;
CREATE TABLE document_counter (
  series TEXT NOT NULL,
  last_no BIGINT NOT NULL,
  CONSTRAINT pk_document_counter PRIMARY KEY (series),
  CONSTRAINT ck_document_counter_starts_at_one CHECK (last_no > 0)
);
--;;
CREATE TABLE bank_statement_file (
  id BIGSERIAL NOT NULL,
  name TEXT NOT NULL,
  format TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  content BYTEA NOT NULL,
  imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
  imported_by TEXT NOT NULL,
  undone_at TIMESTAMP WITH TIME ZONE,
  undone_by TEXT,
  undone_reason TEXT,
  CONSTRAINT pk_bank_statement_file PRIMARY KEY (id),
  CONSTRAINT ck_bank_statement_file_format CHECK (format IN ('camt', 'mt940')),
  CONSTRAINT ck_bank_statement_file_sha256 CHECK (length(sha256) = 64),
  CONSTRAINT ck_bank_statement_file_undone_by CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
  CONSTRAINT ck_bank_statement_file_undone_reason CHECK ((undone_at IS NULL) = (undone_reason IS NULL))
);
--;;
CREATE UNIQUE INDEX uq_bank_statement_file_sha256 ON bank_statement_file (sha256) WHERE undone_at IS NULL;
--;;
CREATE TABLE usage_total_day (
  day DATE NOT NULL,
  product TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  micros BIGINT NOT NULL,
  CONSTRAINT pk_usage_total_day PRIMARY KEY (day, product, country, currency)
);
--;;
CREATE TABLE usage_total_month (
  month DATE NOT NULL,
  product TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  micros BIGINT NOT NULL,
  CONSTRAINT pk_usage_total_month PRIMARY KEY (month, product, country, currency)
);
--;;
CREATE TABLE session (
  token_hash TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  ip TEXT NOT NULL,
  CONSTRAINT pk_session PRIMARY KEY (token_hash),
  CONSTRAINT fk_session_person_id FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_session_person_id ON session (person_id);
--;;
CREATE TABLE approval (
  id BIGSERIAL NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  summary TEXT NOT NULL,
  amount_micros BIGINT,
  currency TEXT,
  requested_by BIGINT NOT NULL,
  requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
  reason TEXT NOT NULL,
  decision TEXT,
  decided_by BIGINT,
  decided_at TIMESTAMP WITH TIME ZONE,
  decision_reason TEXT,
  CONSTRAINT pk_approval PRIMARY KEY (id),
  CONSTRAINT ck_approval_decision CHECK (decision IN ('approved', 'declined', 'withdrawn')),
  CONSTRAINT ck_approval_decided_by_somebody CHECK ((decision IS NULL) = (decided_by IS NULL)),
  CONSTRAINT ck_approval_decided_at_some_time CHECK ((decision IS NULL) = (decided_at IS NULL)),
  CONSTRAINT ck_approval_four_eyes CHECK ((decision = 'withdrawn') = (decided_by = requested_by)),
  CONSTRAINT ck_approval_amount_has_currency CHECK ((amount_micros IS NULL) = (currency IS NULL)),
  CONSTRAINT fk_approval_requested_by FOREIGN KEY(requested_by) REFERENCES person (id) ON DELETE RESTRICT,
  CONSTRAINT fk_approval_decided_by FOREIGN KEY(decided_by) REFERENCES person (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_approval_open ON approval (id) WHERE decision IS NULL;
--;;
CREATE TABLE audit_event (
  id BIGSERIAL NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  person_id BIGINT,
  person_name TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  before TEXT,
  after TEXT,
  reason TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT pk_audit_event PRIMARY KEY (id),
  CONSTRAINT fk_audit_event_person_id FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE RESTRICT,
  CONSTRAINT uq_audit_event_prev_hash UNIQUE (prev_hash)
);
--;;
CREATE INDEX ix_audit_event_subject_subject_id ON audit_event (subject, subject_id);
--;;
CREATE INDEX ix_audit_event_at ON audit_event (at);
--;;
CREATE TABLE bank_account (
  code TEXT NOT NULL,
  currency TEXT NOT NULL,
  position BIGINT NOT NULL,
  CONSTRAINT pk_bank_account PRIMARY KEY (code),
  CONSTRAINT ck_bank_account_code_form CHECK (code = lower(code) AND code <> ''),
  CONSTRAINT fk_bank_account_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_bank_account_position UNIQUE (position)
);
--;;
CREATE TABLE exchange_rate (
  currency TEXT NOT NULL,
  rate_on DATE NOT NULL,
  aud_per_unit_nano BIGINT NOT NULL,
  source TEXT NOT NULL,
  CONSTRAINT pk_exchange_rate PRIMARY KEY (currency, rate_on),
  CONSTRAINT ck_exchange_rate_positive CHECK (aud_per_unit_nano > 0),
  CONSTRAINT ck_exchange_rate_not_base CHECK (currency <> 'AUD'),
  CONSTRAINT ck_exchange_rate_source CHECK (source <> ''),
  CONSTRAINT fk_exchange_rate_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT
);
--;;
CREATE TABLE journal_entry (
  id BIGSERIAL NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash BYTEA NOT NULL,
  source_id BIGINT,
  customer_id BIGINT,
  period BIGINT NOT NULL,
  effective_on DATE NOT NULL,
  posted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  guarded BOOLEAN NOT NULL,
  reversal_of_id BIGINT,
  actor_id BIGINT,
  actor TEXT NOT NULL,
  memo TEXT NOT NULL,
  commit_mark BIGINT,
  CONSTRAINT pk_journal_entry PRIMARY KEY (id),
  CONSTRAINT ck_journal_entry_key CHECK (length(key) BETWEEN 1 AND 200),
  CONSTRAINT uq_journal_entry_source_key UNIQUE (source, key),
  CONSTRAINT fk_journal_entry_period FOREIGN KEY(period) REFERENCES accounting_period (period) ON DELETE RESTRICT,
  CONSTRAINT uq_journal_entry_reversal_of_id UNIQUE (reversal_of_id),
  CONSTRAINT fk_journal_entry_reversal_of_id FOREIGN KEY(reversal_of_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_journal_entry_kind ON journal_entry (kind, effective_on, id);
--;;
CREATE INDEX ix_journal_entry_effective_on ON journal_entry (effective_on, id);
--;;
CREATE INDEX ix_journal_entry_customer ON journal_entry (customer_id, effective_on, id);
--;;
CREATE INDEX ix_journal_entry_source_id ON journal_entry (source, source_id) WHERE source_id IS NOT NULL;
--;;
CREATE INDEX ix_journal_entry_commit_mark ON journal_entry (commit_mark);
--;;
CREATE TABLE customer (
  id BIGSERIAL NOT NULL,
  account_id TEXT NOT NULL,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  phone TEXT NOT NULL,
  contact_name TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  billing_mode TEXT NOT NULL,
  created_on DATE NOT NULL,
  search_text TEXT NOT NULL,
  CONSTRAINT pk_customer PRIMARY KEY (id),
  CONSTRAINT ck_customer_billing_mode CHECK (billing_mode IN ('prepaid', 'postpaid')),
  CONSTRAINT ck_customer_country_form CHECK (length(country) = 2 AND country = upper(country)),
  CONSTRAINT ck_customer_named CHECK (username <> '' AND name <> ''),
  CONSTRAINT uq_customer_account_id UNIQUE (account_id),
  CONSTRAINT uq_customer_username_key UNIQUE (username_key),
  CONSTRAINT fk_customer_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_customer_email_key ON customer (email_key);
--;;
CREATE INDEX ix_customer_country ON customer (country);
--;;
CREATE INDEX ix_customer_currency ON customer (currency);
--;;
CREATE TABLE bank_account_version (
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  holder TEXT NOT NULL,
  bank TEXT NOT NULL,
  lines TEXT NOT NULL,
  iban TEXT NOT NULL,
  bic TEXT NOT NULL,
  number TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  changed_on DATE NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by_id BIGINT,
  changed_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_bank_account_version PRIMARY KEY (code, version),
  CONSTRAINT ck_bank_account_version_version CHECK (version >= 1),
  CONSTRAINT ck_bank_account_version_identified CHECK (iban <> '' OR number <> ''),
  CONSTRAINT fk_bank_account_version_code FOREIGN KEY(code) REFERENCES bank_account (code) ON DELETE RESTRICT
);
--;;
CREATE TABLE account (
  id BIGSERIAL NOT NULL,
  code TEXT NOT NULL,
  section TEXT NOT NULL,
  purpose TEXT NOT NULL,
  currency TEXT NOT NULL,
  customer_id BIGINT,
  detail TEXT NOT NULL,
  CONSTRAINT pk_account PRIMARY KEY (id),
  CONSTRAINT ck_account_section CHECK (section IN ('assets', 'liabilities', 'equity', 'income', 'expenses')),
  CONSTRAINT ck_account_owner CHECK ((customer_id IS NOT NULL) = (purpose IN ('credit', 'credit_unpaid', 'receivable'))),
  CONSTRAINT uq_account_id_currency UNIQUE (id, currency),
  CONSTRAINT uq_account_customer_id_purpose_currency UNIQUE (customer_id, purpose, currency),
  CONSTRAINT uq_account_code UNIQUE (code),
  CONSTRAINT fk_account_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT fk_account_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE TABLE journal_seal (
  entry_id BIGINT NOT NULL,
  postings BIGINT NOT NULL,
  CONSTRAINT pk_journal_seal PRIMARY KEY (entry_id),
  CONSTRAINT fk_journal_seal_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE TABLE invoice_details (
  id BIGSERIAL NOT NULL,
  customer_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  company_name TEXT NOT NULL,
  address TEXT NOT NULL,
  business_id TEXT NOT NULL,
  email TEXT NOT NULL,
  contact_name TEXT NOT NULL,
  contact_phone TEXT NOT NULL,
  language TEXT NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by_id BIGINT,
  changed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_invoice_details PRIMARY KEY (id),
  CONSTRAINT uq_invoice_details_customer_id_version UNIQUE (customer_id, version),
  CONSTRAINT ck_invoice_details_version CHECK (version >= 1),
  CONSTRAINT ck_invoice_details_language CHECK (language IN ('en', 'fr')),
  CONSTRAINT ck_invoice_details_something_to_print CHECK (address <> '' OR business_id <> ''),
  CONSTRAINT fk_invoice_details_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE TABLE customer_note (
  id BIGSERIAL NOT NULL,
  customer_id BIGINT NOT NULL,
  body TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  written_at TIMESTAMP WITH TIME ZONE NOT NULL,
  written_by_id BIGINT,
  written_by TEXT NOT NULL,
  CONSTRAINT pk_customer_note PRIMARY KEY (id),
  CONSTRAINT ck_customer_note_body CHECK (body <> ''),
  CONSTRAINT fk_customer_note_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_customer_note_customer_id_id ON customer_note (customer_id, id);
--;;
CREATE TABLE invoice (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  request_hash BYTEA NOT NULL,
  series TEXT NOT NULL,
  serial_no BIGINT NOT NULL,
  number TEXT NOT NULL,
  reference TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  account_id TEXT NOT NULL,
  username TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  gross_micros BIGINT NOT NULL,
  net_micros BIGINT NOT NULL,
  tax_micros BIGINT NOT NULL,
  issued_on DATE NOT NULL,
  due_on DATE NOT NULL,
  issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
  issued_by TEXT NOT NULL,
  status TEXT NOT NULL,
  allocated_micros BIGINT NOT NULL,
  fee_micros BIGINT NOT NULL,
  language TEXT NOT NULL,
  company_name TEXT NOT NULL,
  address TEXT NOT NULL,
  business_id TEXT NOT NULL,
  email TEXT NOT NULL,
  contact_name TEXT NOT NULL,
  contact_phone TEXT NOT NULL,
  seller TEXT NOT NULL,
  bank_account TEXT NOT NULL,
  bank_lines TEXT NOT NULL,
  tax_code TEXT NOT NULL,
  tax_title TEXT NOT NULL,
  tax_note TEXT NOT NULL,
  tax_label TEXT NOT NULL,
  shows_tax BOOLEAN NOT NULL,
  minimum_micros BIGINT NOT NULL,
  rate TEXT NOT NULL,
  rate_on DATE NOT NULL,
  rate_source TEXT NOT NULL,
  aud_equivalent_micros BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  CONSTRAINT pk_invoice PRIMARY KEY (id),
  CONSTRAINT uq_invoice_series_serial_no UNIQUE (series, serial_no),
  CONSTRAINT ck_invoice_numbered CHECK (serial_no > 0),
  CONSTRAINT ck_invoice_signs CHECK (gross_micros > 0 AND net_micros > 0 AND tax_micros >= 0),
  CONSTRAINT ck_invoice_adds_up CHECK (net_micros + tax_micros = gross_micros),
  CONSTRAINT ck_invoice_reaches_the_minimum CHECK (gross_micros >= minimum_micros),
  CONSTRAINT ck_invoice_received CHECK (allocated_micros >= 0 AND fee_micros >= 0),
  CONSTRAINT ck_invoice_not_overpaid CHECK (allocated_micros + fee_micros <= gross_micros),
  CONSTRAINT ck_invoice_taxed_is_never_settled_short CHECK (tax_micros = 0 OR fee_micros = 0),
  CONSTRAINT ck_invoice_due_after_issue CHECK (due_on >= issued_on),
  CONSTRAINT ck_invoice_language CHECK (language IN ('en', 'fr')),
  CONSTRAINT ck_invoice_status_follows CHECK ((status = 'issued' AND allocated_micros + fee_micros = 0) OR (status = 'part-paid' AND allocated_micros + fee_micros > 0 AND allocated_micros + fee_micros < gross_micros) OR (status = 'paid' AND allocated_micros = gross_micros) OR (status = 'settled short' AND fee_micros > 0 AND allocated_micros + fee_micros = gross_micros)),
  CONSTRAINT uq_invoice_nonce UNIQUE (nonce),
  CONSTRAINT uq_invoice_number UNIQUE (number),
  CONSTRAINT uq_invoice_reference UNIQUE (reference),
  CONSTRAINT fk_invoice_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT uq_invoice_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_invoice_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_invoice_issued_on ON invoice (issued_on, id);
--;;
CREATE INDEX ix_invoice_customer ON invoice (customer_id, issued_on);
--;;
CREATE INDEX ix_invoice_open ON invoice (currency, status);
--;;
COMMENT ON COLUMN invoice.seller IS 'JSON: the seller as printed';
--;;
COMMENT ON COLUMN invoice.bank_lines IS 'JSON: the bank details as printed';
--;;
COMMENT ON COLUMN invoice.rate IS 'AUD for one unit, exact decimal';
--;;
CREATE TABLE bank_statement (
  id BIGSERIAL NOT NULL,
  file_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  number TEXT NOT NULL,
  account TEXT NOT NULL,
  bank_account TEXT NOT NULL,
  currency TEXT NOT NULL,
  starts_on DATE,
  ends_on DATE,
  opening_micros BIGINT,
  closing_micros BIGINT,
  ties BOOLEAN,
  repeated BIGINT NOT NULL,
  opens BOOLEAN NOT NULL,
  opening_entry_id BIGINT,
  undone_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_bank_statement PRIMARY KEY (id),
  CONSTRAINT fk_bank_statement_file_id FOREIGN KEY(file_id) REFERENCES bank_statement_file (id) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_statement_bank_account FOREIGN KEY(bank_account) REFERENCES bank_account (code) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_statement_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_statement_opening_entry_id FOREIGN KEY(opening_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_bank_statement_file_id ON bank_statement (file_id);
--;;
CREATE UNIQUE INDEX uq_bank_statement_opens ON bank_statement (bank_account) WHERE opens;
--;;
CREATE INDEX ix_bank_statement_bank_account ON bank_statement (bank_account, ends_on);
--;;
CREATE TABLE usage_day (
  id BIGSERIAL NOT NULL,
  source TEXT NOT NULL,
  day DATE NOT NULL,
  customer_id BIGINT NOT NULL,
  product TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  messages BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  micros BIGINT NOT NULL,
  entry_id BIGINT,
  CONSTRAINT pk_usage_day PRIMARY KEY (id),
  CONSTRAINT ck_usage_day_product CHECK (product IN ('sms', 'mms', 'voice', 'fax', 'post', 'postcards', 'email', 'email_transactional')),
  CONSTRAINT ck_usage_day_one_sign CHECK ((messages >= 0 AND parts >= 0 AND micros >= 0) OR (messages <= 0 AND parts <= 0 AND micros <= 0)),
  CONSTRAINT ck_usage_day_codes CHECK (length(country) = 2 AND length(currency) = 3),
  CONSTRAINT ck_usage_day_posted CHECK (entry_id IS NOT NULL OR micros = 0),
  CONSTRAINT uq_usage_day_source UNIQUE (source, day, customer_id, product, country),
  CONSTRAINT fk_usage_day_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_usage_day_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_usage_day_day ON usage_day (day, id);
--;;
CREATE INDEX ix_usage_day_customer ON usage_day (customer_id, day);
--;;
CREATE TABLE dedicated_number (
  id BIGSERIAL NOT NULL,
  e164 TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  country TEXT NOT NULL,
  type TEXT NOT NULL,
  monthly_price_micros BIGINT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  activated_on DATE NOT NULL,
  cancellation_requested_on DATE,
  cancels_on DATE,
  cancelled_on DATE,
  added_at TIMESTAMP WITH TIME ZONE NOT NULL,
  added_by TEXT NOT NULL,
  CONSTRAINT pk_dedicated_number PRIMARY KEY (id),
  CONSTRAINT ck_dedicated_number_type CHECK (type IN ('mobile', 'local', 'toll-free')),
  CONSTRAINT ck_dedicated_number_e164 CHECK (e164 LIKE '+%' AND length(e164) BETWEEN 8 AND 16),
  CONSTRAINT ck_dedicated_number_price CHECK (monthly_price_micros > 0),
  CONSTRAINT ck_dedicated_number_life CHECK ((status = 'active' AND cancellation_requested_on IS NULL AND cancels_on IS NULL AND cancelled_on IS NULL) OR (status = 'cancelling' AND cancellation_requested_on IS NOT NULL AND cancels_on IS NOT NULL AND cancelled_on IS NULL) OR (status = 'cancelled' AND cancels_on IS NOT NULL AND cancelled_on >= cancels_on)),
  CONSTRAINT ck_dedicated_number_dates CHECK (cancels_on >= activated_on),
  CONSTRAINT fk_dedicated_number_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_dedicated_number_customer_id ON dedicated_number (customer_id);
--;;
CREATE UNIQUE INDEX uq_dedicated_number_rented ON dedicated_number (e164) WHERE status <> 'cancelled';
--;;
CREATE TABLE account_balance (
  account_id BIGINT NOT NULL,
  balance BIGINT NOT NULL,
  base_balance BIGINT NOT NULL,
  version BIGINT NOT NULL,
  min_balance BIGINT,
  max_balance BIGINT,
  CONSTRAINT pk_account_balance PRIMARY KEY (account_id),
  CONSTRAINT ck_account_balance_version CHECK (version >= 0),
  CONSTRAINT fk_account_balance_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT
)
 WITH (fillfactor = 50);
--;;
CREATE TABLE posting (
  entry_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  base_amount BIGINT NOT NULL,
  account_version BIGINT,
  balance_after BIGINT,
  CONSTRAINT pk_posting PRIMARY KEY (entry_id, seq),
  CONSTRAINT fk_posting_account_id_currency FOREIGN KEY(account_id, currency) REFERENCES account (id, currency) ON DELETE RESTRICT,
  CONSTRAINT ck_posting_moves CHECK (amount <> 0 OR base_amount <> 0),
  CONSTRAINT ck_posting_base CHECK (currency <> 'AUD' OR amount = base_amount),
  CONSTRAINT ck_posting_kept CHECK ((account_version IS NULL) = (balance_after IS NULL)),
  CONSTRAINT fk_posting_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE UNIQUE INDEX uq_posting_account_version ON posting (account_id, account_version) WHERE account_version IS NOT NULL;
--;;
CREATE INDEX ix_posting_system_account ON posting (account_id, entry_id) WHERE account_version IS NULL;
--;;
CREATE TABLE account_day (
  account_id BIGINT NOT NULL,
  day DATE NOT NULL,
  kind TEXT NOT NULL,
  debit BIGINT NOT NULL,
  credit BIGINT NOT NULL,
  base_debit BIGINT NOT NULL,
  base_credit BIGINT NOT NULL,
  postings BIGINT NOT NULL,
  CONSTRAINT pk_account_day PRIMARY KEY (account_id, day, kind),
  CONSTRAINT fk_account_day_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT
);
--;;
CREATE TABLE bank_line (
  id BIGSERIAL NOT NULL,
  statement_id BIGINT NOT NULL,
  bank_account TEXT NOT NULL,
  booked_on DATE NOT NULL,
  value_on DATE NOT NULL,
  amount_micros BIGINT NOT NULL,
  currency TEXT NOT NULL,
  base_micros BIGINT NOT NULL,
  allocated_micros BIGINT NOT NULL,
  counterparty TEXT NOT NULL,
  counterparty_account TEXT NOT NULL,
  remittance TEXT NOT NULL,
  bank_reference TEXT NOT NULL,
  end_to_end TEXT NOT NULL,
  uetr TEXT NOT NULL,
  virtual_account TEXT NOT NULL,
  instructed_micros BIGINT,
  instructed_currency TEXT,
  search_text TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  entry_id BIGINT,
  undone_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_bank_line PRIMARY KEY (id),
  CONSTRAINT ck_bank_line_fingerprint CHECK (length(fingerprint) = 64),
  CONSTRAINT ck_bank_line_allocated CHECK (0 <= allocated_micros AND (allocated_micros = 0 OR allocated_micros <= amount_micros)),
  CONSTRAINT ck_bank_line_undone_free CHECK (undone_at IS NULL OR allocated_micros = 0),
  CONSTRAINT ck_bank_line_instructed CHECK ((instructed_micros IS NULL) = (instructed_currency IS NULL)),
  CONSTRAINT fk_bank_line_statement_id FOREIGN KEY(statement_id) REFERENCES bank_statement (id) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_line_bank_account FOREIGN KEY(bank_account) REFERENCES bank_account (code) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_line_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_bank_line_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_bank_line_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_bank_line_booked_on ON bank_line (booked_on, id);
--;;
CREATE INDEX ix_bank_line_currency ON bank_line (currency, booked_on, id, amount_micros, allocated_micros) WHERE undone_at IS NULL;
--;;
CREATE INDEX ix_bank_line_unallocated ON bank_line (booked_on, id) WHERE undone_at IS NULL AND amount_micros > allocated_micros;
--;;
CREATE UNIQUE INDEX uq_bank_line_fingerprint ON bank_line (fingerprint, bank_account) WHERE undone_at IS NULL;
--;;
CREATE INDEX ix_bank_line_bank_account ON bank_line (bank_account, booked_on, id, currency, amount_micros, allocated_micros) WHERE undone_at IS NULL;
--;;
CREATE INDEX ix_bank_line_statement_id ON bank_line (statement_id);
--;;
CREATE TABLE number_rental (
  id BIGSERIAL NOT NULL,
  number_id BIGINT NOT NULL,
  month DATE NOT NULL,
  starts_on DATE NOT NULL,
  ends_before DATE NOT NULL,
  micros BIGINT NOT NULL,
  currency TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
  CONSTRAINT pk_number_rental PRIMARY KEY (id),
  CONSTRAINT uq_number_rental_number_id_month UNIQUE (number_id, month),
  CONSTRAINT ck_number_rental_days CHECK (starts_on < ends_before AND starts_on >= month),
  CONSTRAINT ck_number_rental_amount CHECK (micros > 0),
  CONSTRAINT fk_number_rental_number_id FOREIGN KEY(number_id) REFERENCES dedicated_number (id) ON DELETE RESTRICT,
  CONSTRAINT uq_number_rental_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_number_rental_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE TABLE allocation (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  bank_line_id BIGINT NOT NULL,
  invoice_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  paid_micros BIGINT NOT NULL,
  fee_micros BIGINT NOT NULL,
  net_micros BIGINT NOT NULL,
  base_micros BIGINT NOT NULL,
  short TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
  short_entry_id BIGINT,
  allocated_on DATE NOT NULL,
  allocated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  allocated_by TEXT NOT NULL,
  rule TEXT NOT NULL,
  score BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  payer_account TEXT NOT NULL,
  undone_at TIMESTAMP WITH TIME ZONE,
  undone_by TEXT,
  undone_reason TEXT,
  reversal_entry_id BIGINT,
  short_reversal_entry_id BIGINT,
  CONSTRAINT pk_allocation PRIMARY KEY (id),
  CONSTRAINT ck_allocation_signs CHECK (paid_micros > 0 AND fee_micros >= 0 AND net_micros >= 0),
  CONSTRAINT ck_allocation_base CHECK (base_micros >= 0),
  CONSTRAINT ck_allocation_short CHECK (short IN ('fee', 'part')),
  CONSTRAINT ck_allocation_fee_is_posted CHECK ((fee_micros > 0) = (short_entry_id IS NOT NULL)),
  CONSTRAINT ck_allocation_fee_is_said CHECK (fee_micros = 0 OR short = 'fee'),
  CONSTRAINT ck_allocation_undone_by CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
  CONSTRAINT ck_allocation_undone_reason CHECK ((undone_at IS NULL) = (undone_reason IS NULL)),
  CONSTRAINT ck_allocation_undone_entry CHECK ((undone_at IS NULL) = (reversal_entry_id IS NULL)),
  CONSTRAINT ck_allocation_undone_short_entry CHECK ((short_reversal_entry_id IS NOT NULL) = (undone_at IS NOT NULL AND short_entry_id IS NOT NULL)),
  CONSTRAINT uq_allocation_nonce UNIQUE (nonce),
  CONSTRAINT fk_allocation_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id) ON DELETE RESTRICT,
  CONSTRAINT fk_allocation_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT fk_allocation_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_allocation_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_allocation_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_allocation_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_allocation_short_entry_id UNIQUE (short_entry_id),
  CONSTRAINT fk_allocation_short_entry_id FOREIGN KEY(short_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_allocation_reversal_entry_id UNIQUE (reversal_entry_id),
  CONSTRAINT fk_allocation_reversal_entry_id FOREIGN KEY(reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_allocation_short_reversal_entry_id UNIQUE (short_reversal_entry_id),
  CONSTRAINT fk_allocation_short_reversal_entry_id FOREIGN KEY(short_reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_allocation_invoice_id ON allocation (invoice_id);
--;;
CREATE INDEX ix_allocation_newest ON allocation (allocated_on, id);
--;;
CREATE INDEX ix_allocation_customer_id ON allocation (customer_id);
--;;
CREATE INDEX ix_allocation_payer ON allocation (payer_account) WHERE undone_at IS NULL;
--;;
CREATE INDEX ix_allocation_bank_line_id ON allocation (bank_line_id);
--;;
COMMENT ON COLUMN allocation.reasons IS 'JSON: the reasons as shown';
--;;
COMMENT ON COLUMN allocation.payer_account IS 'the payer''s account, letters and digits only';
--;;
ALTER TABLE journal_entry ADD CONSTRAINT fk_journal_entry_sealed FOREIGN KEY(id) REFERENCES journal_seal (entry_id) DEFERRABLE INITIALLY DEFERRED;
