"""The parts every screen is made of: words, periods, tables, figures and files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import charts, downloads, filters, freshness, tables, text, trends
from pages._ui.frame import plain
from services.access.model import Principal, Role
from services.db.current import use
from services.db.engine import Database
from services.ledger.chart import Kind
from services.money import Money
from services.periods import NotAPeriod, Period, parse_period
from services.reporting.exports import Column, ColumnKind
from tests.conftest import SYDNEY

ONE = 1_000_000
TODAY = date(2026, 11, 20)
MINA = Principal(1, "Mina", Role.ACCOUNTING)


@pytest.fixture(autouse=True)
def _books(monkeypatch: pytest.MonkeyPatch) -> object:
    use(Database("sqlite://", timezone=SYDNEY))
    monkeypatch.setattr(text, "now", lambda: datetime(2026, 11, 20, 1, 0, tzinfo=UTC))
    yield
    use(None)


@pytest.mark.parametrize(
    ("micros", "currency", "shown"),
    [(1250_500000, "AUD", "1,250.50"), (-1250_500000, "AUD", "(1,250.50)"), (-1, "AUD", "0.00"), (5 * ONE, "JPY", "5")],
)
def test_amounts_are_grouped_and_negative_in_parentheses(micros: int, currency: str, shown: str) -> None:
    assert text.amount(Money(micros, currency)) == shown
    assert text.money(Money(micros, currency)) == f"{shown} {currency}"


def test_days_and_moments_read_as_people_write_them() -> None:
    assert text.day(date(2026, 11, 2)) == "2 Nov 2026"
    assert text.moment(datetime(2026, 11, 19, 22, 30, tzinfo=UTC)) == "20 Nov 2026, 09:30"
    assert text.day(None) == text.moment(None) == ""


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026-11", "November 2026"), ("2026-Q4", "Q4 2026"), ("2026", "2026"), ("FY2027", "FY2027"),
        ("2026-11-01..2026-11-22", "1 Nov 2026 to 22 Nov 2026"), ("2026-11-05..2026-11-05", "5 Nov 2026"),
        ("last-12-months", "1 Dec 2025 to 30 Nov 2026"),
    ],
)  # fmt: skip
def test_a_period_has_its_shortest_name(period: str, words: str) -> None:
    assert text.period(parse_period(period, today=TODAY)) == words


@pytest.mark.parametrize("preset", filters.PRESETS)
def test_every_preset_is_a_period(preset: str) -> None:
    assert TODAY in filters._parsed(preset) or preset == "Last month"


def test_a_typed_period_is_read_and_nonsense_is_refused() -> None:
    assert filters._parsed(" 2026-Q1 ") == parse_period("2026-Q1", today=TODAY)
    assert filters._parsed("this-quarter") == parse_period("2026-Q4", today=TODAY)
    with pytest.raises(NotAPeriod):
        filters._parsed("next week")


def test_markdown_from_outside_is_harmless() -> None:
    assert plain("*a* [b](c) :red[x] $1$") == r"\*a\* \[b\]\(c\) \:red\[x\] \$1\$"


def test_micros_become_units_only_for_showing() -> None:
    frame = pd.DataFrame({"gross_micros": [12_340000, -1], "count": [1, 2]})
    assert list(tables.amounts(frame)["gross_micros"]) == [12.34, -0.000001]
    assert list(frame["gross_micros"]) == [12_340000, -1]


@pytest.mark.parametrize("address", ["http://evil.example", "see HTTPS://evil.example/x", "www.evil.example"])
def test_an_address_in_a_name_makes_no_link(address: str) -> None:
    shown = plain(address).replace("\\", "")
    assert "://" not in shown.replace("\N{WORD JOINER}://", "")
    assert "www." not in shown


def test_a_printed_table_shows_markdown_as_it_was_typed() -> None:
    def script() -> None:
        import pandas as pd

        from pages._ui import tables

        frame = pd.DataFrame({"Says": ["**[x](http://evil.example)** <b>&amp;"], "State": [":green-badge[ok]"]})
        tables.printed(frame, alt="words", marked=("State",))

    found = AppTest.from_function(script).run().table[0].value
    assert found["Says"].iloc[0].startswith("\\*\\*\\[x\\]\\(http\N{WORD JOINER}")
    assert list(found["State"]) == [":green-badge[ok]"]


def test_a_cell_of_an_export_is_plain_python() -> None:
    assert tables.exact(pd.NA) is None
    assert tables.exact(float("nan")) is None
    assert type(tables.exact(pd.Series([1], dtype="int64").iloc[0])) is int
    assert tables.exact(Decimal("1.5")) == Decimal("1.5")


def test_an_export_holds_exact_money_and_its_proof() -> None:
    frame = pd.DataFrame(
        {"number": ["1", "2"], "currency": ["AUD", "JPY"], "gross_micros": [10**15 + 1, None]}, dtype=object
    )
    columns = {"number": Column("Number"), "gross_micros": Column("Amount", ColumnKind.MONEY)}
    table = downloads.table_of("Invoices", frame, columns, by=MINA, period="November 2026", status="")
    assert [list(row) for row in table.rows] == [["1", Money(10**15 + 1, "AUD")], ["2", None]]
    assert ("Exported by", "Mina") in table.facts
    assert ("Period", "November 2026") in table.facts
    assert not [name for name, _ in table.facts if name == "Status"]


def test_an_export_of_nothing_is_a_table_without_rows() -> None:
    table = downloads.table_of("Invoices", pd.DataFrame({"number": []}), {"number": Column("Number")}, by=MINA)
    assert list(table.rows) == []


def test_two_exports_of_equal_length_have_different_names() -> None:
    one, two = (downloads.file_name("invoices 2026-11", "csv", content) for content in (b"a" * 2**21, b"b" * 2**21))
    assert one != two
    assert one.startswith("invoices-2026-11-")
    assert downloads.file_name("../../étc/passwd", "csv", b"").startswith("tc-passwd-")


def test_a_long_balance_is_thinned_and_keeps_its_last_day() -> None:
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(9_000)]
    figure = charts.balance_line(days, list(range(9_000)), currency="AUD")
    line = figure.data[0]
    assert len(line.x) <= charts.MOST_POINTS
    assert line.x[-1] == days[-1]


def test_the_waterfall_starts_at_the_opening_and_ends_at_the_closing() -> None:
    figure = charts.waterfall(10 * ONE, [("SMS", -4 * ONE), ("Bought", 20 * ONE)], 26 * ONE, currency="AUD")
    assert list(figure.data[0].text) == ["10.00", "(4.00)", "20.00", "26.00"]
    assert figure.data[0].decreasing.marker.color == charts.LIGHT.money_out


def test_a_waterfall_of_many_steps_lies_so_that_every_name_is_read() -> None:
    steps = [(f"Product {number}", -ONE) for number in range(9)]
    few, many = (charts.waterfall(20 * ONE, steps[:n], (20 - n) * ONE, currency="AUD") for n in (2, 9))
    assert list(few.data[0].x) == ["Opening", "Product<br>0", "Product<br>1", "Closing"]
    assert list(many.data[0].y) == ["Opening", *(label for label, _ in steps), "Closing"]
    assert sum(many.data[0].x[:-1]) == many.data[0].x[-1]
    assert many.layout.xaxis.range == (-2, 24), "amounts beside the bars are not cut off"


def test_credit_by_month_ties_sold_used_and_held() -> None:
    rows = [
        (date(2024, 1, 5), Kind.BANK_TOP_UP.value, "AUD", 1, 100 * ONE),
        (date(2026, 10, 5), Kind.BANK_TOP_UP.value, "AUD", 1, 50 * ONE),
        (date(2026, 10, 6), Kind.USAGE_SMS.value, "AUD", 9, -30 * ONE),
        (date(2026, 10, 7), Kind.PROMO_GRANT.value, "AUD", 1, 11 * ONE),  # held, but nobody bought it
        (date(2026, 11, 6), Kind.RENTAL.value, "AUD", 1, -5 * ONE),
        (date(2026, 11, 6), Kind.USAGE_SMS.value, "USD", 1, -7 * ONE),
    ]
    frame = pd.DataFrame(rows, columns=["day", "kind", "currency", "postings", "micros"])
    year = trends.credit(frame, currency="AUD", today=TODAY)
    assert (year.months[0], year.months[-1]) == (date(2025, 12, 1), date(2026, 11, 1))
    assert (year.sold[-2], year.used[-2], year.held[-2]) == (50 * ONE, 30 * ONE, 131 * ONE)
    assert (year.sold[-1], year.used[-1], year.held[-1]) == (0, 5 * ONE, 126 * ONE)
    october = Period(date(2026, 10, 1), date(2026, 11, 1))
    assert trends.sold_and_used(frame, currency="AUD", period=october) == (50 * ONE, 30 * ONE)


@pytest.mark.parametrize(
    ("through", "words"),
    [
        (None, "No usage has been imported yet"),
        (TODAY, "Usage complete through 20 Nov 2026"),
        (TODAY - timedelta(days=1), "Usage complete through 19 Nov 2026"),
        (TODAY - timedelta(days=2), "Usage complete through 18 Nov 2026"),  # yesterday's comes in today
        (TODAY - timedelta(days=3), "Usage complete through 17 Nov 2026 :orange[(1 day later than usual)]"),
        (TODAY - timedelta(days=4), "Usage complete through 16 Nov 2026 :orange[(2 days later than usual)]"),
    ],
)
def test_how_far_usage_is_complete_is_said_with_its_lateness(through: date | None, words: str) -> None:
    assert words in freshness.said(through, TODAY)
    assert ("later" in freshness.said(through, TODAY)) == ("later" in words)
