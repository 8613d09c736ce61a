"""Currencies, rates and tax rules in the books."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.money import Money
from services.pricing import queries
from services.pricing.model import RatesImported, ReferenceLoaded
from services.pricing.operations import import_rates, load_reference
from services.pricing.reference import WrongReference
from services.settings import ROOT

DAY = date(2026, 11, 20)
HEADING = "currency,date,aud_per_unit\n"


@pytest.fixture
def folder(tmp_path):
    """A small reference folder: two days of rates."""
    made = tmp_path / "reference"
    made.mkdir()
    for name in ("currencies.csv", "tax_rules.toml"):
        shutil.copy(ROOT / "data" / name, made)
    rates = "Date,USD,AUD,JPY\n2026-11-19,1.1000,1.6000,176\n2026-11-18,1.1172,1.5904,175.68\n"
    (made / "ecb_rates.csv").write_text(rates)
    return made


@pytest.fixture
def books(database, noon, folder):
    """Books with that reference loaded."""
    database.act(lambda tx: load_reference(tx, by=SYSTEM, folder=folder), at=noon)
    return database


def rows(database, content: str, noon) -> RatesImported:
    return database.act(
        lambda tx: import_rates(tx, by=SYSTEM, content=(HEADING + content).encode(), source="a list"), at=noon
    )


def test_loading_the_reference_again_changes_nothing(books, noon, folder):
    again = books.act(lambda tx: load_reference(tx, by=SYSTEM, folder=folder), at=noon)
    assert again == ReferenceLoaded(0, 0, 0)


def test_the_shipped_reference_loads_and_reaches_the_end_of_october(sqlite_database, noon):
    loaded = sqlite_database.act(lambda tx: load_reference(tx, by=SYSTEM, folder=ROOT / "data"), at=noon)
    assert loaded.rates > 15_000
    with sqlite_database.read() as conn:
        found = queries.rate_on(conn, "USD", DAY)
    assert (found.on, found.aud_per_unit, found.stale_days) == (date(2026, 10, 30), Decimal("1.423558897"), 21)


def test_limits_follow_the_file(books, noon, folder):
    file = folder / "currencies.csv"
    file.write_text(file.read_text().replace("AUD,20.00,", "AUD,25.00,"))
    books.act(lambda tx: load_reference(tx, by=SYSTEM, folder=folder), at=noon)
    with books.read() as conn:
        assert queries.currency(conn, "AUD").minimum_top_up == Money.of("25", "AUD")


def test_a_stored_tax_rule_cannot_be_reworded(books, noon, folder):
    file = folder / "tax_rules.toml"
    file.write_text(file.read_text().replace("The total includes no tax.", "No tax."))
    with pytest.raises(WrongReference, match="GB from 2000-07-01 is stored with other words"):
        books.act(lambda tx: load_reference(tx, by=SYSTEM, folder=folder), at=noon)


def test_a_wrong_or_missing_reference_file_is_named(books, noon, folder):
    (folder / "ecb_rates.csv").write_text("Date,AUD\nyesterday,1.6\n")
    with pytest.raises(WrongReference, match="Line 2 of the exchange rates"):
        books.act(lambda tx: load_reference(tx, by=SYSTEM, folder=folder), at=noon)
    (folder / "ecb_rates.csv").unlink()
    with pytest.raises(WrongReference, match=r"ecb_rates\.csv cannot be read"):
        books.act(lambda tx: load_reference(tx, by=SYSTEM, folder=folder), at=noon)


def test_currencies_come_with_aud_first(books):
    with books.read() as conn:
        codes = [each.code for each in queries.currencies(conn)]
    assert codes[0] == "AUD"
    assert codes[1:] == sorted(codes[1:])


def test_an_unknown_currency_is_not_found(books):
    with books.read() as conn, pytest.raises(queries.UnknownCurrency, match="“XAU”"):
        queries.currency(conn, "XAU")


def test_the_rate_of_a_weekend_is_the_one_before_and_says_so(books):
    with books.read() as conn:
        found = queries.rate_on(conn, "USD", date(2026, 11, 22))
        assert (found.on, found.stale_days, found.source) == (date(2026, 11, 19), 3, "European Central Bank")
        assert queries.rate_on(conn, "USD", date(2026, 11, 18)).aud_per_unit == Decimal("1.423558897")
        assert queries.rate_on(conn, "AUD", DAY).aud_per_unit == 1


def test_a_day_before_every_rate_has_none(books):
    with books.read() as conn, pytest.raises(queries.NoRate, match="No USD rate on or before 2026-11-17"):
        queries.rate_on(conn, "USD", date(2026, 11, 17))


def test_amounts_are_compared_at_the_stored_rate(books):
    with books.read() as conn:
        assert queries.equivalent(conn, Money.of("160", "AUD"), "EUR", DAY).money == Money.of("100", "EUR")
        least = queries.minimum_bank_transfer(conn, "EUR", DAY)
    assert (least.minimum, least.rate_on, least.stale_days) == (Money.of("125", "EUR"), date(2026, 11, 19), 1)


@pytest.mark.parametrize(
    ("country", "code"), [("AU", "au-gst"), ("GB", "gb-none"), ("FR", "eu-none"), ("BR", "export")]
)
def test_a_country_without_a_rule_of_its_own_takes_the_rest(books, country, code):
    with books.read() as conn:
        assert queries.tax_treatment(conn, country, DAY).code == code


def test_a_later_rule_holds_from_its_day(books, noon, folder):
    file = folder / "tax_rules.toml"
    later = file.read_text().split("[[rule]]")[1].replace("2000-07-01", "2026-12-01").replace("au-gst", "au-new")
    file.write_text(file.read_text() + "\n[[rule]]" + later)
    books.act(lambda tx: load_reference(tx, by=SYSTEM, folder=folder), at=noon)
    with books.read() as conn:
        codes = [queries.tax_treatment(conn, "AU", date(2026, month, day)).code for month, day in ((11, 30), (12, 1))]
    assert codes == ["au-gst", "au-new"]


def test_before_the_first_rule_there_is_none(books):
    with books.read() as conn, pytest.raises(queries.NoTaxRule):
        queries.tax_treatment(conn, "AU", date(2000, 6, 30))


def test_rates_are_taken_once_and_contradictions_refused(books, noon):
    first = rows(books, "USD,2026-11-20,1.5\nNZD,2026-11-20,0.8\n", noon)
    again = rows(books, "USD,2026-11-20,1.5\nNZD,2026-11-20,0.9\nUSD,2026-11-21,1.5\nXXX,x,x\n", noon)
    assert (first.accepted, again.accepted, again.repeated) == (2, 0, 1)
    assert [each.line for each in again.rejected] == [3, 4, 5]
    assert "stored with another value" in again.rejected[0].reason
    assert "still to come" in again.rejected[1].reason


def test_support_may_not_import_rates(books, noon):
    by = Principal(1, "Sam", Role.SUPPORT)
    with pytest.raises(NotAllowed):
        books.act(lambda tx: import_rates(tx, by=by, content=b"", source=""), at=noon)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchange_rate SET aud_per_unit_nano = 1",
        "DELETE FROM exchange_rate",
        "UPDATE tax_rule SET note_en = 'x'",
        "DELETE FROM tax_rule",
        "INSERT INTO currency VALUES ('aud', 2, 1, 2)",
        "INSERT INTO currency VALUES ('XYZ', 5, 1, 2)",
        "INSERT INTO currency VALUES ('XYZ', 2, 3, 2)",
    ],
)
def test_the_database_refuses_to_rewrite_reference_data(books, statement):
    with pytest.raises(DBAPIError), books.write(at=datetime(2026, 11, 20, tzinfo=UTC)) as tx:
        tx.conn.execute(text(statement))
