DROP INDEX ix_control_day_day;
--;;
CREATE INDEX ix_control_day_sums ON control_day (purpose, day, currency, kind, postings, debit, credit);
