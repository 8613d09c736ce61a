"""Dunning: reminders of debts by stages, promises to pay, pauses, and the stop at the end of them."""
