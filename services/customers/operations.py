"""Writes about customers: create one, change its country and what the invoices print, add a note."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy import ColumnElement, func, insert, select, update

from services.access import audit
from services.access.model import Principal, require
from services.customers import queries
from services.customers.countries import COUNTRIES
from services.customers.finding import comparable
from services.customers.model import (
    ADD_NOTE,
    CHANGE_COUNTRY,
    CHANGE_DETAILS,
    CREATE_CUSTOMER,
    LONGEST_NOTE,
    LONGEST_TICKET,
    BillingMode,
    Customer,
    InvoiceDetails,
    NewCustomer,
    is_account_id,
    tidy,
)
from services.customers.tables import customer, customer_counter, customer_note, invoice_details
from services.db.engine import Transaction
from services.errors import InvalidForm, Stale
from services.pricing.queries import currencies
from services.texts import checked_reason, text_fault, text_faults


def create_customer(
    tx: Transaction,
    *,
    by: Principal,
    username: str,
    name: str,
    email: str,
    country: str,
    currency: str,
    phone: str = "",
    contact_name: str = "",
    account_id: str | None = None,
    billing_mode: BillingMode = BillingMode.PREPAID,
    created_on: date | None = None,
    details: InvoiceDetails | None = None,
) -> Customer:
    """Create a customer, with the next account id unless one is known already, and today unless a day is given.

    `details` become the first version of what the invoices print. Raises `InvalidForm` with a sentence a field.
    """
    require(by, CREATE_CUSTOMER)
    typed = NewCustomer(username, name, email, country, currency, phone, contact_name)
    typed = NewCustomer(**{field: tidy(text) for field, text in asdict(typed).items()})
    # the counter's row is locked first, so that two customers created at once see each other's name and id
    assigned = _take_account_id(tx, account_id)
    faults = _faults(tx, typed, account_id)
    if faults:
        raise InvalidForm(faults)
    row = {
        **asdict(typed),
        **_keys(typed, assigned),
        "billing_mode": billing_mode.value,
        "created_on": created_on or tx.today,
    }
    customer_id = int(tx.conn.execute(insert(customer).returning(customer.c.id), row).scalar_one())
    if details is not None:
        _add_version(tx, by=by, customer_id=customer_id, version=1, details=_checked(details), reason="first details")
    after = {**asdict(typed), "account_id": assigned}
    audit.record(tx, by=by, act=CREATE_CUSTOMER.name, subject="customer", subject_id=customer_id, after=after)
    return queries.customer(tx.conn, customer_id)


def change_country(
    tx: Transaction, *, by: Principal, customer_id: int, country: str, seen: str, reason: str
) -> Customer:
    """Say in which country a customer is, by whose tax rule its invoices are issued from now on.

    `seen` is the country as it was looked at. Nothing already issued changes: such an invoice is credited and issued
    anew. The same country again changes nothing. Raises `InvalidForm` (country, reason), `NoCustomer` and `Stale`.
    """
    require(by, CHANGE_COUNTRY)
    _lock(tx, customer_id)
    now = queries.customer(tx.conn, customer_id).country
    if now == country:
        return queries.customer(tx.conn, customer_id)
    reason = checked_reason(reason, ask="Say how you know: the tax on its invoices follows from it.")
    if country not in COUNTRIES:
        raise InvalidForm({"country": f"“{country}” is not a country; use its two letters, such as AU."})
    if now != seen:
        raise Stale(f"Somebody changed the country to {now} meanwhile; look at it again.")
    tx.conn.execute(update(customer).where(customer.c.id == customer_id).values(country=country))
    before, after = {"country": now}, {"country": country}
    audit.record(
        tx,
        by=by,
        act=CHANGE_COUNTRY.name,
        subject="customer",
        subject_id=customer_id,
        before=before,
        after=after,
        reason=reason,
    )
    return queries.customer(tx.conn, customer_id)


def change_invoice_details(
    tx: Transaction,
    *,
    by: Principal,
    customer_id: int,
    details: InvoiceDetails,
    reason: str = "",
    expected_version: int | None = None,
    also: audit.Facts | None = None,
) -> int:
    """Keep the details as a new version, from now on printed, and return its number; the same details change nothing.

    `also` are facts of the same act for its one audit event, such as the papers issued anew. Raises `InvalidForm`,
    `NoCustomer`, and `Stale` when another version than the expected one is in force.
    """
    require(by, CHANGE_DETAILS)
    reason = checked_reason(reason)
    _lock(tx, customer_id)
    wanted = _checked(details)
    newest = queries.details_versions(tx.conn, customer_id, limit=1)
    version = newest[0].version if newest else 0
    if expected_version is not None and expected_version != version:
        raise Stale("Somebody changed these invoice details meanwhile; look at them again and repeat your change.")
    before = newest[0].details if newest else None
    if wanted == before and not also:
        return version
    if wanted != before:
        version += 1
        _add_version(tx, by=by, customer_id=customer_id, version=version, details=wanted, reason=reason)
    audit.record(
        tx,
        by=by,
        act=CHANGE_DETAILS.name,
        subject="customer",
        subject_id=customer_id,
        before=asdict(before) if before else None,
        after=asdict(wanted) | dict(also or {}),
        reason=reason,
    )
    return version


def add_note(tx: Transaction, *, by: Principal, customer_id: int, body: str, ticket_id: str = "") -> int:
    """Write a note about a customer and return its id; raises `InvalidForm` when it is empty or too long."""
    require(by, ADD_NOTE)
    _lock(tx, customer_id)
    text, ticket = tidy(body), tidy(ticket_id)
    wrong = text_faults({"ticket_id": ticket}, longest=LONGEST_TICKET)
    if body_fault := text_fault(text, longest=LONGEST_NOTE, lines=True) if text else "Write the note.":
        wrong["body"] = body_fault
    if wrong:
        raise InvalidForm(wrong)
    row = {
        "customer_id": customer_id,
        "body": text,
        "ticket_id": ticket,
        "written_at": tx.at,
        "written_by_id": by.person_id,
        "written_by": by.name,
    }
    note_id = int(tx.conn.execute(insert(customer_note).returning(customer_note.c.id), row).scalar_one())
    after = {"note_id": note_id, "ticket_id": ticket}
    audit.record(tx, by=by, act=ADD_NOTE.name, subject="customer", subject_id=customer_id, after=after)
    return note_id


def _take_account_id(tx: Transaction, wanted: str | None) -> str:
    free = int(tx.conn.execute(select(customer_counter.c.next_account_id).with_for_update()).scalar_one())
    if wanted is not None:
        return wanted
    while _exists(tx, customer.c.account_id == str(free)):  # ids the platform gave may lie ahead
        free += 1
    tx.conn.execute(update(customer_counter).values(next_account_id=free + 1))
    return str(free)


def _faults(tx: Transaction, typed: NewCustomer, account_id: str | None) -> dict[str, str]:
    found = typed.faults()
    if typed.currency and typed.currency not in {each.code for each in currencies(tx.conn)}:
        found["currency"] = f"Credit is not sold in “{typed.currency[:10]}”; choose one of the listed currencies."
    if account_id is not None and not is_account_id(account_id):
        found["account_id"] = "An account id is a number of at least five digits; leave it out to get the next one."
    elif account_id is not None and _exists(tx, customer.c.account_id == account_id):
        found["account_id"] = f"Account id {account_id} belongs to another customer; look the customer up."
    if "username" not in found and _exists(tx, customer.c.username_key == comparable(typed.username)):
        found["username"] = f"The username “{typed.username}” belongs to another customer; look the customer up."
    return found


def _exists(tx: Transaction, condition: ColumnElement[bool]) -> bool:
    return tx.conn.execute(select(func.count()).select_from(customer).where(condition)).scalar_one() > 0


def _keys(typed: NewCustomer, account_id: str) -> dict[str, str]:
    return {
        "account_id": account_id,
        "username_key": comparable(typed.username),
        "name_key": comparable(typed.name),
        "email_key": comparable(typed.email),
    }


def _checked(details: InvoiceDetails) -> InvoiceDetails:
    tidied = details.tidied()
    if faults := tidied.faults():
        raise InvalidForm(faults)
    return tidied


def _lock(tx: Transaction, customer_id: int) -> None:
    # on PostgreSQL the row is locked until commit: versions are numbered one after the other
    tx.conn.execute(select(customer.c.id).where(customer.c.id == customer_id).with_for_update())
    queries.customer(tx.conn, customer_id)


def _add_version(
    tx: Transaction, *, by: Principal, customer_id: int, version: int, details: InvoiceDetails, reason: str
) -> None:
    row = {
        **asdict(details),
        "customer_id": customer_id,
        "version": version,
        "changed_at": tx.at,
        "changed_by_id": by.person_id,
        "changed_by": by.name,
        "reason": reason,
    }
    tx.conn.execute(insert(invoice_details), row)
