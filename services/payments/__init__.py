"""Money in: receipts given to invoices, what that does to the books, and taking it back."""
