"""Credit that a person gives or takes back: goodwill, promotions, refunds of undelivered messages, corrections."""
