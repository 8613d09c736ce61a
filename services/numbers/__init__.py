"""Dedicated numbers: the second thing credit pays for, rented by the month in advance."""
