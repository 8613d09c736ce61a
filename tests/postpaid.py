"""A customer that pays afterwards, brought there by the operations the screens use."""

from __future__ import annotations

from datetime import UTC, date, datetime

from services.access.model import Principal, Role
from services.customers.model import Customer
from services.customers.operations import change_invoice_details
from services.db.engine import Database
from services.ledger import operations as ledger
from services.money import Money
from services.postpaid.application import Application, Asked, Verdict
from services.postpaid.applying import keep_file, open_application, recommend
from services.postpaid.commitment import AtLimit, TrueUp
from services.postpaid.deciding import decide
from services.postpaid.model import Commitment
from services.postpaid.signing import sign_commitment
from services.postpaid.versions import Wanted
from tests.builders import used
from tests.invoicing import details
from tests.people import person

SIGNED = b"%PDF-1.7 the signed contract"


def at(year: int, month: int, day: int) -> datetime:
    """Noon of a day in Sydney."""
    return datetime(year, month, day, 1, 0, tzinfo=UTC)


def staff(database: Database) -> dict[str, Principal]:
    """Who takes part: support opens, accounting recommends and signs, two managers decide."""
    named = {"Sue": Role.SUPPORT, "Ann": Role.ACCOUNTING, "Max": Role.MANAGER, "Mia": Role.MANAGER}
    return {name: person(database, name, role) for name, role in named.items()}


def asked(minimum: str = "1000", limit: str = "3000", months: int = 12, currency: str = "AUD") -> Asked:
    """What a customer asks for."""
    return Asked(Money.of(minimum, currency), Money.of(limit, currency), months)


def opened(
    database: Database,
    people: dict[str, Principal],
    customer: Customer,
    terms: Asked,
    *,
    when: datetime,
    nonce: str = "a",
) -> Application:
    """An application that support opened."""
    return database.act(
        lambda tx: open_application(
            tx,
            by=people["Sue"],
            nonce=nonce,
            customer_id=customer.id,
            asked=terms,
            note="Wants to grow",
            ticket_id="T1",
        ),
        at=when,
    )


def approved(
    database: Database, people: dict[str, Principal], customer: Customer, terms: Asked, *, when: datetime
) -> Application:
    """An application that accounting recommended and a manager approved."""
    made = opened(database, people, customer, terms, when=when, nonce=f"a{customer.id}:{when:%Y%m%d}")
    database.act(
        lambda tx: recommend(
            tx,
            by=people["Ann"],
            application_id=made.id,
            verdict=Verdict.APPROVE,
            terms=terms,
            reason="Pays on time",
            dossier="{}",
        ),
        at=when,
    )
    return database.act(
        lambda tx: decide(
            tx, by=people["Max"], application_id=made.id, verdict=Verdict.APPROVE, terms=terms, reason="Agreed"
        ),
        at=when,
    )


def committed(
    database: Database,
    people: dict[str, Principal],
    customer: Customer,
    starts_on: date,
    *,
    minimum: str = "1000",
    true_up: TrueUp = TrueUp.MONTHLY,
    at_limit: AtLimit = AtLimit.ALERT,
) -> Commitment:
    """A signed commitment of twelve months, signed on its first day, and the customer's invoice details."""
    when = at(starts_on.year, starts_on.month, starts_on.day)
    terms = asked(minimum, "3000", currency=customer.currency)
    found = approved(database, people, customer, terms, when=when)
    database.act(
        lambda tx: change_invoice_details(
            tx, by=people["Ann"], customer_id=customer.id, details=details(customer.country), reason="first"
        ),
        at=when,
    )
    file_id = database.act(
        lambda tx: keep_file(
            tx, by=people["Ann"], application_id=found.id, kind="contract", name="signed.pdf", content=SIGNED
        ),
        at=when,
    )
    wanted = Wanted(true_up=true_up, at_limit=at_limit)
    return database.act(
        lambda tx: sign_commitment(
            tx,
            by=people["Ann"],
            nonce=f"sign-{found.id}",
            application_id=found.id,
            starts_on=starts_on,
            wanted=wanted,
            file_id=file_id,
            signed_on=starts_on,
        ),
        at=when,
    )


def uses(database: Database, customer: Customer, amount: str, on: date, *, by: Principal, key: str = "") -> None:
    """The customer sends for so much on a day."""
    draft = used(
        customer.id, Money.of(amount, customer.currency).micros, key=key or f"{customer.id}:{on}:{amount}", on=on,
        currency=customer.currency, rate="1.6" if customer.currency != "AUD" else "1",
    )  # fmt: skip
    database.act(lambda tx: ledger.post(tx, draft, by=by), at=at(on.year, on.month, on.day))
