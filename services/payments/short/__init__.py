"""Invoices paid short: what the difference is, what banks usually keep, and what a person decides about it."""
