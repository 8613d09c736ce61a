CREATE TRIGGER exchange_rate_never_changes BEFORE UPDATE ON exchange_rate
BEGIN SELECT RAISE(ABORT, 'a stored exchange rate never changes'); END;
--;;
CREATE TRIGGER exchange_rate_never_goes BEFORE DELETE ON exchange_rate
BEGIN SELECT RAISE(ABORT, 'a stored exchange rate never changes'); END;
--;;
CREATE TRIGGER exchange_rate_is_not_replaced BEFORE INSERT ON exchange_rate
WHEN EXISTS (SELECT 1 FROM exchange_rate WHERE currency = NEW.currency AND rate_on = NEW.rate_on)
BEGIN SELECT RAISE(ABORT, 'a stored exchange rate never changes'); END;
--;;
CREATE TRIGGER tax_rule_never_changes BEFORE UPDATE ON tax_rule
BEGIN SELECT RAISE(ABORT, 'a tax rule never changes; add one with a later date'); END;
--;;
CREATE TRIGGER tax_rule_never_goes BEFORE DELETE ON tax_rule
BEGIN SELECT RAISE(ABORT, 'a tax rule never changes; add one with a later date'); END;
--;;
CREATE TRIGGER tax_rule_is_not_replaced BEFORE INSERT ON tax_rule
WHEN EXISTS (SELECT 1 FROM tax_rule WHERE country = NEW.country AND valid_from = NEW.valid_from)
BEGIN SELECT RAISE(ABORT, 'a tax rule never changes; add one with a later date'); END;
