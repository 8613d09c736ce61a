"""Aging buckets: how long past its last day a debt is; pure, by days."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Bucket(StrEnum):
    """Where a debt stands on a day. What is paid on its last day was never overdue."""

    NOT_DUE = "not due"
    TO_30 = "1 to 30 days"
    TO_60 = "31 to 60 days"
    TO_90 = "61 to 90 days"
    OVER_90 = "over 90 days"

    @property
    def label(self) -> str:
        """The words at the head of a column."""
        return "Not yet due" if self is Bucket.NOT_DUE else f"{self.value.capitalize()} overdue"

    @property
    def column(self) -> str:
        """The name of its column of micros."""
        return f"{self.name.lower()}_micros"

    @property
    def most(self) -> int | None:
        """The most days overdue that belong to it; None for the last."""
        return _MOST[self]

    def oldest_due(self, as_of: date) -> date | None:
        """The earliest last day to pay that belongs to it on a day; None for the last bucket, which has no end."""
        return None if self.most is None else as_of - timedelta(days=self.most)


_MOST: dict[Bucket, int | None] = {
    Bucket.NOT_DUE: 0,
    Bucket.TO_30: 30,
    Bucket.TO_60: 60,
    Bucket.TO_90: 90,
    Bucket.OVER_90: None,
}


def days_overdue(due_on: date, as_of: date) -> int:
    """How many days past its last day a debt is; 0 while it can still be paid in time."""
    return max((as_of - due_on).days, 0)


def bucket_of(due_on: date, as_of: date) -> Bucket:
    """The bucket a debt is in on a day."""
    days = days_overdue(due_on, as_of)
    return next(each for each in Bucket if each.most is None or days <= each.most)
