-- Numbers are found by their last digits too: what has any is noted, so that the index takes it in anew.
INSERT INTO search_change (source, record_id, customer_id) SELECT 0, id, id FROM customer WHERE phone <> '' ORDER BY id;
--;;
INSERT INTO search_change (source, record_id, customer_id) SELECT 1, id, customer_id FROM invoice ORDER BY id;
--;;
INSERT INTO search_change (source, record_id, customer_id) SELECT 2, id, customer_id FROM dedicated_number ORDER BY id;
