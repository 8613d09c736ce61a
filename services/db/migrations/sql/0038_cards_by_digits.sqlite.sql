CREATE INDEX ix_card_last_four ON card (last_four);
--;;
CREATE INDEX ix_card_payment_last_four ON card_payment (last_four);
