"""Custom fees: the third thing credit pays for, agreed with one customer and often not shown to it."""
