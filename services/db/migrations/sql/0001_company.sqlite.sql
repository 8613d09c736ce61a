CREATE TRIGGER company_profile_never_changes BEFORE UPDATE ON company_profile
BEGIN SELECT RAISE(ABORT, 'a company profile never changes; add one with a later date'); END;
--;;
CREATE TRIGGER company_profile_never_goes BEFORE DELETE ON company_profile
BEGIN SELECT RAISE(ABORT, 'a company profile never goes; add one with a later date'); END;
--;;
CREATE TRIGGER company_profile_is_not_replaced BEFORE INSERT ON company_profile
WHEN EXISTS (SELECT 1 FROM company_profile WHERE valid_from = NEW.valid_from)
BEGIN SELECT RAISE(ABORT, 'a company profile never changes; add one with a later date'); END;
--;;
CREATE TRIGGER bank_account_version_never_changes BEFORE UPDATE ON bank_account_version
BEGIN SELECT RAISE(ABORT, 'bank details never change; add a version'); END;
--;;
CREATE TRIGGER bank_account_version_never_goes BEFORE DELETE ON bank_account_version
BEGIN SELECT RAISE(ABORT, 'bank details never go; add a version'); END;
--;;
CREATE TRIGGER bank_account_version_is_not_replaced BEFORE INSERT ON bank_account_version
WHEN EXISTS (SELECT 1 FROM bank_account_version WHERE code = NEW.code AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'bank details never change; add a version'); END;
