"""Reads of customers: by id, and page by page with their credit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, collate, func, literal, select

from services.customers.model import BillingMode, Customer, DetailsVersion, InvoiceDetails, Note
from services.customers.tables import customer as customer_table
from services.customers.tables import customer_note
from services.customers.tables import invoice_details as details_table
from services.errors import NotFound
from services.frames import typed
from services.ledger.model import Purpose
from services.ledger.tables import account, account_balance

PAGE_SIZE = 50
_MOST_BOUND = 1_000


class NoCustomer(NotFound):
    """There is no such customer."""


class BalanceFilter(StrEnum):
    """Which customers to show by the sign of their credit."""

    NEGATIVE = "negative"
    ZERO = "zero"
    POSITIVE = "positive"


class Sort(StrEnum):
    """What a page of customers is ordered by; credit by its AUD value, because currencies differ."""

    NAME = "name"
    ACCOUNT_ID = "account_id"
    USERNAME = "username"
    COUNTRY = "country"
    CREATED = "created_on"
    CREDIT = "credit"


@dataclass(frozen=True)
class CustomersPage:
    """One page of customers and how many there are in all.

    `rows`: id, account_id, username, name, email, country, currency, billing_mode, created_on, credit_micros (in the
    customer's currency, positive is credit in hand), credit_aud_micros.
    """

    rows: pd.DataFrame
    total: int


_BY_ID = select(customer_table).where(customer_table.c.id == bindparam("wanted"))  # built once: everything asks


def customer(conn: Connection, customer_id: int) -> Customer:
    """The customer; raises `NoCustomer`."""
    row = conn.execute(_BY_ID, {"wanted": customer_id}).one_or_none()
    if row is None:
        raise NoCustomer(f"There is no customer number {customer_id}; look the customer up by name.")
    return _customer(row)


def customer_by_account_id(conn: Connection, account_id: str) -> Customer:
    """The customer with that account id on the platform; raises `NoCustomer`."""
    row = conn.execute(select(customer_table).where(customer_table.c.account_id == account_id)).one_or_none()
    if row is None:
        raise NoCustomer(f"There is no customer with account id {account_id}; look the customer up by name.")
    return _customer(row)


def names(conn: Connection, ids: Collection[int]) -> dict[int, str]:
    """The names of those customers, by id; of all of them where more are asked for than a statement can bind."""
    columns = customer_table.c
    wanted = select(columns.id, columns.name)
    if len(ids) <= _MOST_BOUND:
        wanted = wanted.where(columns.id.in_(ids))
    return {row.id: row.name for row in conn.execute(wanted)}


def page(
    conn: Connection,
    *,
    among: ColumnElement[bool] | None = None,
    country: str | None = None,
    currency: str | None = None,
    balance: BalanceFilter | None = None,
    sort: Sort = Sort.NAME,
    descending: bool = False,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> CustomersPage:
    """One page (the first is 1) of the customers that fit, with their credit, sorted and cut in the database.

    `among` is a condition on `customer.id`, from a room that knows more of customers: services.search.queries gives it.
    """
    credit = _credit()
    fits = _fitting(among, country, currency, balance)
    counted = select(func.count()).select_from(customer_table)
    total = conn.execute((_with_credit(select(func.count())) if balance else counted).where(*fits)).scalar_one()
    order = _order(conn, sort)
    order = [each.desc() for each in order] if descending else order
    wanted = _with_credit(select(*_shown(), credit.label("credit_micros"), _credit_aud().label("credit_aud_micros")))
    rows = conn.execute(wanted.where(*fits).order_by(*order).limit(size).offset((page - 1) * size))
    frame = pd.DataFrame(rows.all(), columns=list(rows.keys()))
    return CustomersPage(typed(frame, {"credit_micros": "int64", "credit_aud_micros": "int64"}), total)


def countries_and_currencies(conn: Connection) -> tuple[list[str], list[str]]:
    """The countries and the currencies some customer has, for the filters of a list."""
    columns = (customer_table.c.country, customer_table.c.currency)
    countries, codes = (sorted(conn.execute(select(column).distinct()).scalars()) for column in columns)
    return countries, codes


def invoice_details(conn: Connection, customer_id: int) -> InvoiceDetails | None:
    """What the customer's invoices print now; None until somebody entered it."""
    versions = details_versions(conn, customer_id, limit=1)
    return versions[0].details if versions else None


_VERSIONS = (
    select(details_table)
    .where(details_table.c.customer_id == bindparam("wanted"))
    .order_by(details_table.c.version.desc())
    .limit(bindparam("most"))
)


def details_versions(conn: Connection, customer_id: int, *, limit: int = 100) -> list[DetailsVersion]:
    """The versions of a customer's invoice details, newest first."""
    return [_version(row) for row in conn.execute(_VERSIONS, {"wanted": customer_id, "most": limit})]


def notes(conn: Connection, customer_id: int, *, limit: int = 100) -> list[Note]:
    """The notes about a customer, newest first."""
    table = customer_note
    kept = select(table).where(table.c.customer_id == customer_id).order_by(table.c.id.desc()).limit(limit)
    return [
        Note(row.id, row.customer_id, row.body, row.ticket_id, row.written_at, row.written_by)
        for row in conn.execute(kept)
    ]


def _by_account_id() -> list[ColumnElement[Any]]:
    # digits without leading zeros: the longer text is the larger number
    return [func.length(customer_table.c.account_id), customer_table.c.account_id]


def _credit() -> ColumnElement[int]:
    return -func.coalesce(account_balance.c.balance, literal(0))


def _credit_aud() -> ColumnElement[int]:
    return -func.coalesce(account_balance.c.base_balance, literal(0))


def _with_credit(wanted: Select[Any]) -> Select[Any]:
    of_customer = and_(
        account.c.customer_id == customer_table.c.id,
        account.c.purpose == Purpose.CREDIT.value,
        account.c.currency == customer_table.c.currency,
    )
    joined = customer_table.outerjoin(account, of_customer)
    return wanted.select_from(joined.outerjoin(account_balance, account_balance.c.account_id == account.c.id))


def _fitting(
    among: ColumnElement[bool] | None, country: str | None, currency: str | None, balance: BalanceFilter | None
) -> list[ColumnElement[bool]]:
    fits = [] if among is None else [among]
    if country:
        fits.append(customer_table.c.country == country)
    if currency:
        fits.append(customer_table.c.currency == currency)
    if balance:
        credit = _credit()
        signs = {
            # a postpaid customer is below zero by what it used and pays by the month
            BalanceFilter.NEGATIVE: and_(credit < 0, customer_table.c.billing_mode == BillingMode.PREPAID.value),
            BalanceFilter.ZERO: credit == 0,
            BalanceFilter.POSITIVE: credit > 0,
        }
        fits.append(signs[balance])
    return fits


def _order(conn: Connection, sort: Sort) -> list[ColumnElement[Any]]:
    columns = customer_table.c
    texts = {Sort.NAME: columns.name_key, Sort.USERNAME: columns.username_key, Sort.COUNTRY: columns.country}
    if sort is Sort.ACCOUNT_ID:
        return _by_account_id()
    if sort in texts:
        # PostgreSQL would sort by the server's language, SQLite by code point: make both do the latter
        plain = collate(texts[sort], "C") if conn.dialect.name == "postgresql" else texts[sort]
        return [plain, columns.id]
    return [_credit_aud() if sort is Sort.CREDIT else columns.created_on, columns.id]


def _shown() -> list[ColumnElement[Any]]:
    columns = customer_table.c
    names = ["id", "account_id", "username", "name", "email", "country", "currency", "billing_mode", "created_on"]
    return [columns[name] for name in names]


def _customer(row: Row[Any]) -> Customer:
    return Customer(
        id=row.id,
        account_id=row.account_id,
        username=row.username,
        name=row.name,
        email=row.email,
        phone=row.phone,
        contact_name=row.contact_name,
        country=row.country,
        currency=row.currency,
        created_on=row.created_on,
        billing_mode=BillingMode(row.billing_mode),
    )


def _version(row: Row[Any]) -> DetailsVersion:
    details = InvoiceDetails(
        company_name=row.company_name,
        address=row.address,
        business_id=row.business_id,
        email=row.email,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        language=row.language,
    )
    return DetailsVersion(row.version, details, row.changed_at, row.changed_by, row.reason)
