"""Card top-ups of the demo: charged now and then, sometimes declined, settled and paid out by the processor."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from services.cards.charges import FAILED, SUCCEEDED, ReadBalance, ReadCharge
from services.cards.objects import Whose
from services.cards.operations import take_charge, take_fee
from services.cards.queries import cards_of
from services.db.engine import Transaction
from services.demo.cards import processor_id
from services.demo.company import HOME, Act, DemoCompany
from services.demo.member import Member
from services.demo.opening import at
from services.demo.payer import Receipt
from services.demo.sorting import PAYOUT
from services.invoices.queries import issued_by_form
from services.money import MICROS, Money, multiply, round_to
from services.periods import Period
from services.pricing.queries import currency, rate_on

_CHARGED = 0.3  # share of cards charged in a month
_DECLINED = 0.08
_PART = 4  # a card buys as much of what the customer orders by transfer
_FEE = Decimal("0.0217")
_ROUND = 10 * MICROS


def card_money_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """Last month's payout, and the charges of a month."""
    paid_at = at(company.database, days.starts_on + timedelta(days=2), 4)
    yield paid_at, partial(_pay_out, company, paid_at)
    for member in company.members:
        name = f"{company.seed}:charges:{member.story.index}:{days.starts_on:%Y%m}"
        rng = random.Random(name)  # noqa: S311 - fiction, not secrets
        if rng.random() < _CHARGED:
            day = days.starts_on + timedelta(days=rng.randint(3, 26))
            moment = at(company.database, day, rng.randint(8, 18), rng.randint(0, 59))
            yield moment, partial(_charge, company, member, moment, rng)


def _charge(company: DemoCompany, member: Member, moment: datetime, rng: random.Random) -> None:
    """One card of the customer is charged, or declined, as the processor says."""
    if member.pays_after:
        return
    with company.database.read() as conn:
        cards = [one for one in cards_of(conn, member.customer.id) if one.is_on_file]
        least = currency(conn, member.customer.currency).minimum_top_up
    if not cards:
        return
    card, on = rng.choice(cards), moment.astimezone(company.database.timezone).date()
    own = f"Demo{company.seed}C{member.story.index:05}T{moment:%Y%m%d%H%M}"
    found = ReadCharge(
        external_id=f"ch_{own}",
        whose=Whose(processor_id(company.seed, member.story), ""),
        payment_intent=f"pi_{own}",
        payment_method=card.external_id,
        facts=card.facts,
        gross=Money(max(least.micros, round_to(member.story.top_up // _PART, _ROUND)), least.currency),
        charged_at=moment,
        status=SUCCEEDED,
    )
    expired = card.facts.has_expired(on)
    if expired or rng.random() < _DECLINED:
        why = ("expired_card", "Your card has expired.") if expired else ("insufficient_funds", "Insufficient funds.")
        found = replace(found, status=FAILED, failure_code=why[0], failure=why[1])
    company.database.act(partial(_take, company, member, found, on), at=moment)


def _take(company: DemoCompany, member: Member, found: ReadCharge, on: date, tx: Transaction) -> None:
    take_charge(tx, by=company.accounting, found=found, livemode=False)
    if found.has_failed:
        return
    settled = Money(rate_on(tx.conn, found.gross.currency, on).to_aud(found.gross).micros, HOME).rounded()
    fee = Money(multiply(settled.micros, _FEE), HOME).rounded()
    own = found.external_id.replace("ch_", "txn_")
    take_fee(tx, by=company.accounting, found=ReadBalance(own, found.external_id, settled, fee, found.charged_at))
    company.at_processor += settled.micros - fee.micros
    if found.gross.currency == HOME:
        company.charged.append((member, found))
    made = issued_by_form(tx.conn, f"card:{found.external_id}")
    if made:
        member.credit += made.net.micros
        member.sends_from = member.sends_from or on


def _pay_out(company: DemoCompany, moment: datetime) -> None:
    """What the processor held at the month's end is on its way to our account."""
    on = moment.astimezone(company.database.timezone).date()
    if company.at_processor > 0:
        amount, company.at_processor = Money(company.at_processor, HOME), 0
        paid = Receipt(on, amount, "EXAMPLE CARD PROCESSOR", f"{PAYOUT} {on:%b %Y}", f"PO{on:%Y%m}", None, named=False)
        company.bank[HOME].coming.append(paid)
