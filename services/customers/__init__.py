"""Customers: who buys credit, what their invoices print, and how to find them in seconds."""
