"""How a recipient is shown, and what a refusal of a whole import says."""

from __future__ import annotations

import pytest

from services.usage.records import BadRow, RowsRefused, masked


@pytest.mark.parametrize(
    ("plain", "hidden"),
    [
        ("+61412345123", "+61 4•• ••• 123"),
        ("anna@mail.example", "an•••@mail.example"),
        ("ann@mail.example", "•••@mail.example"),
        ("12345", "•••"),
        ("+12345", "+•••"),
        ("", ""),
    ],
)
def test_recipients_are_masked(plain: str, hidden: str) -> None:
    assert masked(plain) == hidden


def test_a_refusal_names_the_first_row() -> None:
    rows = (BadRow(7, "m1", "The price is missing; write 0 for what was free."),)
    assert str(RowsRefused(rows, 1)).startswith("One row cannot be imported, so nothing was; line 7: The price")
    assert str(RowsRefused(rows, 1200)).startswith("1,200 rows cannot be imported, so nothing was; line 7:")
