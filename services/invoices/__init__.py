"""Invoices for credit paid by bank transfer: numbers, references, what the paper says and what is still owed."""
