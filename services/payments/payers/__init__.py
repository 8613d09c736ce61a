"""Payers remembered: whose account paid whose invoices, as a list, and forgetting one that was learned wrongly."""
