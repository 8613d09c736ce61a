-- Usage is a fact: rows are added, never changed; an undone import adds the opposite rows.
CREATE TRIGGER usage_day_never_changes BEFORE UPDATE ON usage_day
BEGIN SELECT RAISE(ABORT, 'usage: reported usage is never changed'); END;
--;;
CREATE TRIGGER usage_day_never_deleted BEFORE DELETE ON usage_day
BEGIN SELECT RAISE(ABORT, 'usage: reported usage is never deleted'); END;
--;;
CREATE TRIGGER usage_day_never_replaced BEFORE INSERT ON usage_day
WHEN EXISTS (SELECT 1 FROM usage_day WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'usage: reported usage is never replaced'); END;
