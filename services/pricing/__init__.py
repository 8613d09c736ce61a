"""Pricing: the currencies credit is sold in, dated exchange rates, and which tax an invoice shows."""
