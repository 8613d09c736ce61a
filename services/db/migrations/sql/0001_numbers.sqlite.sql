-- A rental charged is a posted fact; giving it back is a new fact.
CREATE TRIGGER number_rental_never_changes BEFORE UPDATE ON number_rental
BEGIN SELECT RAISE(ABORT, 'numbers: rental charged is never changed'); END;
--;;
CREATE TRIGGER number_rental_never_deleted BEFORE DELETE ON number_rental
BEGIN SELECT RAISE(ABORT, 'numbers: rental charged is never deleted'); END;
--;;
CREATE TRIGGER number_rental_never_replaced BEFORE INSERT ON number_rental
WHEN EXISTS (SELECT 1 FROM number_rental WHERE id = NEW.id OR (number_id = NEW.number_id AND month = NEW.month))
BEGIN SELECT RAISE(ABORT, 'numbers: this month is charged already'); END;
--;;
CREATE TRIGGER dedicated_number_never_deleted BEFORE DELETE ON dedicated_number
BEGIN SELECT RAISE(ABORT, 'numbers: a number is cancelled, never deleted'); END;
