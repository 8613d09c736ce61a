"""The statement of account a customer may be given: it adds up before it is drawn, and names nothing that is hidden.

Usage is one line a day and product; every other movement is its own line; all fees hidden from the customer are one
line, "Other charges", at the period's end, so that the statement ties (product.md, decisions).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from sqlalchemy import Connection

from services.company import queries as company
from services.company.logo import logo
from services.customers import queries as customers
from services.customers.model import Customer, InvoiceDetails
from services.errors import BrokenInvariant
from services.invoices.document import Seller
from services.invoices.treatment import taxed_on_use
from services.ledger import queries as ledger
from services.ledger.classes import MOVES_CREDIT, MovementClass, class_of
from services.ledger.model import Kind
from services.ledger.redeeming import tax_used
from services.money import MICROS, Money, digits
from services.periods import Period
from services.pictures import Picture
from services.pricing.queries import tax_treatment
from services.reporting.explanation import Seen, Why, why_of
from services.reporting.references import references, whole
from services.reporting.words import class_words, kind_words, say
from services.usage import queries as usage

_EVERY = 1_000_000
_MOST_PLACES = 6


class DoesNotAddUp(BrokenInvariant):
    """A statement's movements do not lead from its opening to its closing balance; it must never be given out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement as the customer reads it: positive came in, negative went out, and the balance after it."""

    day: date
    words: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a statement of account prints. `complete_through` is None where no usage was ever imported.

    `promotional` is the part of the closing balance that was given and not bought. `tax` is what tax is called and how
    much of it was included in what was used, in whole coins; None where use bears none.
    """

    seller: Seller
    customer: Customer
    details: InvoiceDetails
    language: str
    period: Period
    opening: Money
    lines: tuple[Line, ...]
    totals: tuple[tuple[str, Money], ...]
    closing: Money
    promotional: Money
    complete_through: date | None
    logo: Picture | None = None
    tax: tuple[str, Money] | None = None

    def __post_init__(self) -> None:
        """Refuse a statement that contradicts itself, with `DoesNotAddUp`."""
        by_line = sum((line.amount for line in self.lines), self.opening)
        by_class = sum((amount for _, amount in self.totals), self.opening)
        last = self.lines[-1].balance if self.lines else self.opening
        if not self.closing == by_line == by_class == last:
            found = f"lines make {by_line.text()}, classes {by_class.text()}, the last balance is {last.text()}"
            raise DoesNotAddUp(f"{self.customer.username} closes at {self.closing.text()}, but {found}")

    @property
    def came_in(self) -> Money:
        """The sum of what raised the credit."""
        return sum((line.amount for line in self.lines if line.amount.micros > 0), Money(0, self.opening.currency))

    @property
    def went_out(self) -> Money:
        """The sum of what lowered the credit, positive."""
        return self.came_in - (self.closing - self.opening)

    @property
    def places(self) -> int:
        """The decimals of every amount: the fewest that round nothing, so that the paper itself adds up."""
        amounts = [self.opening, self.closing, self.promotional, *(line.amount for line in self.lines)]
        return places_for(amounts)

    @property
    def included(self) -> tuple[str, Money] | None:
        """What says how much tax was in what was used, and how much it was."""
        return (say("tax_included", self.language, tax=self.tax[0]), self.tax[1]) if self.tax else None

    @property
    def note(self) -> str:
        """What a reader has to know of the figures."""
        words = "note_with_tax" if self.tax else "note_afterwards" if self.customer.pays_afterwards else "note"
        return say(words, self.language)

    @property
    def name(self) -> str:
        """What its files are called, without the ending."""
        return f"statement {self.customer.username} {self.period.starts_on} {self.period.last_day}"


def places_for(amounts: Iterable[Money]) -> int:
    """The fewest decimals, at least the currency's own, that write every one of these amounts exactly."""
    least = 0
    for amount in amounts:
        least = max(least, digits(amount.currency))
        while least < _MOST_PLACES and amount.micros % (MICROS // 10**least):
            least += 1
    return least


def statement(conn: Connection, *, customer_id: int, period: Period, language: str = "") -> Statement:
    """The statement of one customer over any days, in their documents' language unless one is named.

    Raises `NoCustomer` and `NotSetUp`.
    """
    owner = customers.customer(conn, customer_id)
    details = details_of(conn, owner)
    spoken = language or details.language
    told = why_of(conn, customer_id=customer_id, currency=owner.currency, period=period)
    seen = told.as_the_customer_sees_it()
    moved = _moved(conn, owner, told, spoken)
    balances = accumulate((amount.micros for _, _, amount in moved), initial=told.opening.micros)
    after = list(balances)[1:]
    lines = [
        Line(day, words, amount, Money(micros, owner.currency))
        for (day, words, amount), micros in zip(moved, after, strict=True)
    ]
    through = usage.complete_through(conn)
    seller = Seller.of(company.company(conn))
    return Statement(
        seller=seller,
        logo=logo(conn, seller.logo),
        customer=owner,
        details=details,
        language=spoken,
        period=period,
        opening=told.opening,
        lines=tuple(lines),
        totals=tuple(totals_of(seen, spoken)),
        closing=told.closing,
        promotional=ledger.promotional_credit(conn, owner.id, owner.currency, on=period.last_day),
        # not the day it was drawn: a statement of past days, drawn again, is the same file
        complete_through=min(through, period.last_day) if through else None,
        tax=_tax_included(conn, owner, period),
    )


def _tax_included(conn: Connection, owner: Customer, period: Period) -> tuple[str, Money] | None:
    rule = tax_treatment(conn, owner.country, period.last_day)
    if not rule.rate[0] or not taxed_on_use(conn):
        return None
    included = tax_used(conn, customer_id=owner.id, currency=owner.currency, period=period)
    return (rule.tax_name, included.rounded()) if included or not owner.pays_afterwards else None


def details_of(conn: Connection, owner: Customer) -> InvoiceDetails:
    """What the customer's papers print and in which language; the account's own name while nothing was entered."""
    versions = customers.details_versions(conn, owner.id, limit=1)
    return versions[0].details if versions else InvoiceDetails(owner.name, email=owner.email)


def totals_of(seen: Seen, language: str) -> list[tuple[str, Money]]:
    """What each class came to as the customer reads it, the hidden ones as "Other charges"."""
    found = [(class_words(line.of, line.kind, language), line.money) for line in seen.lines if line.money]
    return [*found, (say("other_charges", language), seen.gap)] if seen.gap else found


_Moved = tuple[date, str, Money]


def _moved(conn: Connection, owner: Customer, told: Why, language: str) -> list[_Moved]:
    """Every line in order: by day, within a day by class, what is hidden at the very end."""
    order = {each: place for place, each in enumerate(MovementClass)}
    found: list[tuple[date, int, int, str, Money]] = []
    sums = ledger.totals_by_kind(conn, period=told.period, customer_id=owner.id, currency=owner.currency)
    for day, name, micros in zip(sums["day"], sums["kind"], sums["micros"], strict=True):
        kind = Kind(name)
        if class_of(kind).by_kind and micros:
            place, words = list(Kind).index(kind), kind_words(kind, language)
            words = say("taken_back", language, what=words) if micros > 0 else words
            found.append((day, order[class_of(kind)], place, words, Money(micros, owner.currency)))
    found += _single(conn, owner, told, language, order)
    lines = [(day, words, amount) for day, _, _, words, amount in sorted(found, key=lambda each: each[:3])]
    hidden = told.hidden.money
    return [*lines, (told.period.last_day, say("other_charges", language), hidden)] if hidden else lines


def _single(
    conn: Connection, owner: Customer, told: Why, language: str, order: dict[MovementClass, int]
) -> list[tuple[date, int, int, str, Money]]:
    kinds = tuple(kind for kind in MOVES_CREDIT if not class_of(kind).by_kind)
    rows = ledger.movements(
        conn, period=told.period, customer_id=owner.id, currency=owner.currency, kinds=kinds, size=_EVERY
    ).rows
    rows = rows[(rows["micros"] != 0) & ~rows["entry_id"].isin(told.hidden.entry_ids)]
    names = references(conn, list(zip(rows["kind"], rows["source_id"], strict=True)), language)
    found: list[tuple[date, int, int, str, Money]] = []
    columns = (rows[name] for name in ("day", "kind", "entry_id", "micros", "source_id", "reversal_of_id"))
    for day, name, entry_id, micros, source_id, undoes in zip(*columns, strict=True):
        kind = Kind(name)
        named = names.get((kind, whole(source_id)))
        words = f"{kind_words(kind, language)}, {named}" if named else kind_words(kind, language)
        if whole(undoes):
            words = say("taken_back", language, what=words)
        found.append((day, order[class_of(kind)], int(entry_id), words, Money(int(micros), owner.currency)))
    return found
