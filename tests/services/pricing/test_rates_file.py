"""Exchange-rate files: what is taken, and what is refused with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.rates_file import NotARatesFile, read_rates

OURS = {"AUD", "USD", "EUR", "JPY"}


def read(text: str, currencies=OURS):
    return read_rates(text.encode(), source="a bank", currencies=currencies)


def one(text: str):
    (rejected,) = read(text).rejected
    return rejected


def test_the_central_banks_rates_are_turned_from_euro_to_aud():
    found = read("Date,USD,BGN,AUD,JPY,\n2026-10-30,1.1172,N/A,1.5904,175.68,\n\n")
    assert {each.currency: each.aud_per_unit for _, each in found.rates} == {
        "EUR": Decimal("1.590400000"), "USD": Decimal("1.423558897"), "JPY": Decimal("0.009052823"),
    }  # fmt: skip
    assert {each.on for _, each in found.rates} == {date(2026, 10, 30)}
    assert not found.rejected


def test_the_euro_is_left_out_where_it_is_not_ours():
    assert [each.currency for _, each in read("Date,USD,AUD\n2026-10-30,1.1,1.6\n", {"USD"}).rates] == ["USD"]


def test_a_missing_rate_is_passed_over():
    assert [each.currency for _, each in read("Date,USD,AUD\n2026-10-30,N/A,1.6\n").rates] == ["EUR"]


def test_the_plain_list_is_read_exactly():
    ((line, rate),) = read("\ufeffcurrency,date,aud_per_unit\r\nUSD,2026-11-20,1.500000001\r\n").rates
    assert (line, rate.currency, rate.aud_per_unit, rate.source) == (2, "USD", Decimal("1.500000001"), "a bank")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("USD,2026-11-20", "It has 2 values"),
        ("AUD,2026-11-20,1", "AUD is what the others are measured in"),
        ("XAU,2026-11-20,1", "“XAU” is not one of our currencies"),
        ("USD,20 Nov 2026,1", "“20 Nov 2026” is not a date"),
        ("USD,2026-02-30,1", "“2026-02-30” is not a date"),
        ("USD,2026-11-20,-1", "“-1” is not a rate"),
        ("USD,2026-11-20,0.0", "“0.0” is not a rate"),
        ("USD,2026-11-20,1.0000000001", "more than nine decimals"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_while_others_are_taken(row, reason):
    found = read(f"currency,date,aud_per_unit\nEUR,2026-11-20,1.6\n{row}\n")
    assert len(found.rates) == 1
    assert found.rejected[0].line == 3
    assert reason in found.rejected[0].reason


def test_a_day_without_aud_is_refused():
    assert "no AUD for one euro" in one("Date,USD,AUD\n2026-10-30,1.1,N/A\n").reason
    assert "no AUD for one euro" in one("Date,USD,AUD\n2026-10-30,1.1\n").reason


def test_a_rate_the_books_cannot_hold_is_refused():
    assert "cannot be right" in one("Date,USD,AUD\n2026-10-30,999999999,0.000000000001\n").reason


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,"b', b"x,y\n1,2\n", b"Date,USD\n2026-10-30,1.1\n"])
def test_a_file_of_another_kind_is_refused_as_a_whole(content):
    with pytest.raises(NotARatesFile):
        read_rates(content, source="a bank", currencies=OURS)
