"""Postpaid: applications decided case by case, and the twelve-month commitments that follow."""
