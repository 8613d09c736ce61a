"""The edges of the aging buckets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.reporting.aging import Bucket, bucket_of, days_overdue

DUE = date(2026, 11, 15)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-20, Bucket.NOT_DUE), (0, Bucket.NOT_DUE), (1, Bucket.TO_30), (30, Bucket.TO_30), (31, Bucket.TO_60),
        (60, Bucket.TO_60), (61, Bucket.TO_90), (90, Bucket.TO_90), (91, Bucket.OVER_90), (900, Bucket.OVER_90),
    ],
)  # fmt: skip
def test_a_debt_is_overdue_from_the_day_after_its_last(days: int, bucket: Bucket) -> None:
    as_of = DUE + timedelta(days=days)
    assert bucket_of(DUE, as_of) is bucket
    assert days_overdue(DUE, as_of) == max(days, 0)
    oldest = bucket.oldest_due(as_of)
    assert oldest is None or oldest <= DUE


def test_columns_are_called_as_people_say_it() -> None:
    assert [each.label for each in Bucket] == [
        "Not yet due", "1 to 30 days overdue", "31 to 60 days overdue", "61 to 90 days overdue", "Over 90 days overdue",
    ]  # fmt: skip
