"""Reads of currencies, the rate of a day, and the tax treatment of a country on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, case, or_, select

from services.errors import NotFound
from services.money import Money
from services.pricing.model import (
    ANY_COUNTRY,
    BASE,
    RATE_PLACES,
    BankTransferMinimum,
    Currency,
    Equivalent,
    ExchangeRate,
    TaxTreatment,
    bank_transfer_minimum,
    convert,
)
from services.pricing.tables import currency as currency_table
from services.pricing.tables import exchange_rate, tax_rule

_BY_CODE = select(currency_table).where(currency_table.c.code == bindparam("wanted"))


class UnknownCurrency(NotFound):
    """Credit is not sold in the currency."""


class NoRate(NotFound):
    """No exchange rate on or before the day is stored."""


class NoTaxRule(NotFound):
    """No tax rule covers the country on the day."""


def currencies(conn: Connection) -> list[Currency]:
    """Every currency credit is sold in, AUD first, then by code."""
    order = case((currency_table.c.code == BASE, 0), else_=1)
    rows = conn.execute(select(currency_table).order_by(order, currency_table.c.code))
    return [_currency(row) for row in rows]


def currency(conn: Connection, code: str) -> Currency:
    """The currency; raises `UnknownCurrency`."""
    row = conn.execute(_BY_CODE, {"wanted": code}).one_or_none()
    if row is None:
        raise UnknownCurrency(f"Credit is not sold in “{code}”; choose one of the listed currencies.")
    return _currency(row)


def rate_on(conn: Connection, currency: str, on: date) -> ExchangeRate:
    """The latest rate on or before the day, saying its own date and age; AUD is 1. Raises `NoRate`."""
    if currency == BASE:
        return ExchangeRate(BASE, on, Decimal(1), "base currency")
    stored = exchange_rate.c
    wanted = and_(stored.currency == currency, stored.rate_on <= on)
    row = conn.execute(select(exchange_rate).where(wanted).order_by(stored.rate_on.desc()).limit(1)).one_or_none()
    if row is None:
        raise NoRate(f"No {currency} rate on or before {on} is stored; import exchange rates first.")
    aud = Decimal(row.aud_per_unit_nano).scaleb(-RATE_PLACES)
    return ExchangeRate(currency, row.rate_on, aud, row.source, (on - row.rate_on).days)


def tax_treatment(conn: Connection, country: str, on: date) -> TaxTreatment:
    """How an invoice to the country (two letters) on the day is taxed; the "*" rule where none is its own.

    Raises `NoTaxRule` when not even that one covers the day.
    """
    row = conn.execute(_rule_in_force(), {"country": country, "day": on}).one_or_none()
    if row is None:
        raise NoTaxRule(f"No tax rule covers {country} on {on}; add one to the tax rules.")
    return treatment_from(row)


@cache
def _rule_in_force() -> Select[Any]:
    """Built once, as every invoice asks."""
    rule, country = tax_rule.c, bindparam("country", type_=tax_rule.c.country.type)
    day = bindparam("day", type_=rule.valid_from.type)
    valid = and_(rule.valid_from <= day, or_(rule.valid_before.is_(None), rule.valid_before > day))
    named = or_(rule.country == country, rule.country == ANY_COUNTRY)
    own_first = case((rule.country == country, 0), else_=1)
    return select(tax_rule).where(named, valid).order_by(own_first, rule.valid_from.desc()).limit(1)


def equivalent(conn: Connection, money: Money, currency: str, on: date) -> Equivalent:
    """The amount in another currency at the stored rates of the day. Raises `NoRate`."""
    return convert(money, rate_on(conn, money.currency, on), rate_on(conn, currency, on))


def minimum_bank_transfer(conn: Connection, currency: str, on: date) -> BankTransferMinimum:
    """The least a bank-transfer invoice of that day may be for: 200 AUD, rounded up to the coin. Raises `NoRate`."""
    return bank_transfer_minimum(rate_on(conn, currency, on))


def offers(conn: Connection, on: date) -> list[tuple[Currency, BankTransferMinimum | None]]:
    """Every currency with the least bank transfer of the day, None where no rate of it is stored."""
    found: list[tuple[Currency, BankTransferMinimum | None]] = []
    for sold in currencies(conn):
        try:
            found.append((sold, minimum_bank_transfer(conn, sold.code, on)))
        except NoRate:
            found.append((sold, None))
    return found


def treatment_from(row: Row[Any]) -> TaxTreatment:
    """The treatment a row of the tax rules holds."""
    return TaxTreatment(
        code=row.code,
        title_en=row.title_en,
        title_fr=row.title_fr,
        rate=(row.rate_numerator, row.rate_denominator),
        note_en=row.note_en,
        note_fr=row.note_fr,
        shows_tax=bool(row.shows_tax),
        tax_name=row.tax_name,
    )


def _currency(row: Row[Any]) -> Currency:
    least, most = row.minimum_top_up_micros, row.maximum_top_up_micros
    return Currency(row.code, Money(least, row.code), Money(most, row.code))
