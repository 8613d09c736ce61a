"""Receipts paid back to whoever sent them: decided with a reason, and owed until a bank line is tied that paid."""
