"""What an invoice in arrears is made of: use by product and sub-account, rental, fees, true-up; together its net."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import BigInteger, Connection, cast, func, select

from services.fees.tables import custom_fee_charge
from services.invoices.model import InvoiceLine
from services.ledger.day_totals import kind_days
from services.ledger.model import Kind, Purpose
from services.money import Money, minor_unit, round_to
from services.papers.wording import money_text, say
from services.postpaid.commitment import DueMonth, TrueUp
from services.postpaid.model import Commitment
from services.usage.model import Product
from services.usage.queries.sub_accounts import dearest_by_product
from services.usage.tables import usage_day

MOST_SUB_ACCOUNTS = 6  # a product: what is smaller is one line with the account itself, so that sixty lines suffice


def lines_for(
    conn: Connection, found: Commitment, due: DueMonth, *, net: Money, true_up: Money, language: str
) -> list[InvoiceLine]:
    """The lines of a month's invoice; their sum is exactly its net, each in whole coins.

    Use counts by the day it took effect. What the net holds besides, use that came late, less credit in hand and what
    was adjusted, is the last line; it also takes what rounding single lines leaves.
    """
    moved = _moved(conn, found, due)
    lines: list[InvoiceLine] = []
    used = {each: total for each in Product if (total := moved[Kind(f"usage_{each.value}")])}
    named, counted = (_named(conn, found, due), _messages(conn, found, due)) if used else ({}, Counter[Product]())
    for product, total in used.items():
        label = say(f"line_{product.value}", language)
        lines += _product(found, total, named.get(product, []), counted[product], label=label)
    lines += [
        InvoiceLine(say("line_rental", language), "", None, _money(found, moved[Kind.RENTAL])),
        *(_fees(conn, found, due, moved[Kind.CUSTOM_FEE], language) if Kind.CUSTOM_FEE in moved else []),
        InvoiceLine(
            say("line_refunds", language), "", None, _money(found, moved[Kind.USAGE_REFUND] + moved[Kind.RENTAL_REFUND])
        ),
        *_true_up(found, due, true_up, language),
    ]
    kept = [line for line in (_in_coins(line) for line in lines) if line.net]
    rest = net - sum((line.net for line in kept), Money(0, net.currency))
    return [*kept, InvoiceLine(say("line_carried_over", language), "", None, rest)] if rest else kept


def _true_up(found: Commitment, due: DueMonth, true_up: Money, language: str) -> list[InvoiceLine]:
    """What the month lacks, or at its end the term; what leaving early costs beyond a month's minimum stands apart."""
    contract = found.contract
    kept = sum((each.minimum for each in contract.due_months()), Money(0, found.currency))
    if contract.now.true_up is TrueUp.TERM:
        whole = contract.committed if found.charges_rest else kept
        return [InvoiceLine(say("line_true_up_term", language), money_text(whole, language), None, true_up)]
    closes = due.days.ends_before == contract.days.ends_before
    rest = contract.committed - kept if closes and found.charges_rest else Money(0, found.currency)
    return [
        InvoiceLine(say("line_true_up", language), money_text(due.minimum, language), None, true_up - rest),
        InvoiceLine(say("line_left_early", language), "", None, rest),
    ]


def _moved(conn: Connection, found: Commitment, due: DueMonth) -> Counter[Kind]:
    """Micros the month took from the balance, by kind; what was given back counts less."""
    sums: Counter[Kind] = Counter()
    for each in kind_days(
        conn, period=due.days, purpose=Purpose.CREDIT, customer_id=found.customer_id, currency=found.currency
    ):
        sums[Kind(each.kind)] += each.debit - each.credit
    return sums


def _product(
    found: Commitment, total: int, largest: list[tuple[str, int, int]], counted: int, *, label: str
) -> list[InvoiceLine]:
    """A product's lines: its largest sub-accounts where messages were imported one by one, then the account itself."""
    named = [each for each in largest if each[0]][:MOST_SUB_ACCOUNTS]
    parts = [InvoiceLine(label, name, messages or None, _money(found, micros)) for name, messages, micros in named]
    rest = total - sum(part.net.micros for part in parts)
    counted -= sum(part.quantity or 0 for part in parts)
    return [*parts, InvoiceLine(label, "", counted if counted > 0 else None, _money(found, rest))]


def _named(conn: Connection, found: Commitment, due: DueMonth) -> dict[Product, list[tuple[str, int, int]]]:
    """The largest sub-accounts of each product; one more than has a line, for the account itself may be among them."""
    most = MOST_SUB_ACCOUNTS + 1
    return dearest_by_product(conn, customer_id=found.customer_id, period=due.days, most=most)


def _messages(conn: Connection, found: Commitment, due: DueMonth) -> Counter[Product]:
    c = usage_day.c
    days = (c.day >= due.days.starts_on, c.day < due.days.ends_before)
    counted = cast(func.coalesce(func.sum(c.messages), 0), BigInteger)
    rows = conn.execute(select(c.product, counted).where(c.customer_id == found.customer_id, *days).group_by(c.product))
    return Counter({Product(product): int(messages) for product, messages in rows})


def _fees(conn: Connection, found: Commitment, due: DueMonth, total: int, language: str) -> list[InvoiceLine]:
    """Fees the customer sees, and those it does not as other charges (product.md, rule 24 and decisions taken)."""
    c = custom_fee_charge.c
    mine = (c.customer_id == found.customer_id, c.currency == found.currency, c.visible.is_(True))
    days = (c.posted_on >= due.days.starts_on, c.posted_on < due.days.ends_before)
    summed = cast(func.coalesce(func.sum(c.micros), 0), BigInteger)
    seen = int(conn.execute(select(summed).where(*mine, *days)).scalar_one())
    parts = (("line_fees", seen), ("line_other_charges", total - seen))
    return [InvoiceLine(say(name, language), "", None, _money(found, micros)) for name, micros in parts]


def _in_coins(line: InvoiceLine) -> InvoiceLine:
    coin = minor_unit(line.net.currency)
    return InvoiceLine(
        line.label, line.detail, line.quantity, Money(round_to(line.net.micros, coin), line.net.currency)
    )


def _money(found: Commitment, micros: int) -> Money:
    return Money(micros, found.currency)
