"""Custom fees of the demo: one customer in ten has a keyword or short code, many hidden, set up and priced by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from services.access.approvals import approve
from services.access.model import Role
from services.demo.member import Member
from services.fees.model import Fee, FeeKind, NotEnoughCredit, WantedFee
from services.fees.operations import change_fee, end_fee, set_fee
from services.fees.queries import fee
from services.money import Money
from services.periods import Period, add_months, months_between
from services.wiring.approvals import ACTS

if TYPE_CHECKING:
    from services.db.engine import Transaction
    from services.demo.company import Act, DemoCompany

_SHARE = 10  # one customer in so many
_WORDS = ("JOIN", "BOOK", "WIN", "HELLO", "CARE", "VOTE", "STAY", "REPLY")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is agreed with one customer, and in which month of its sending."""

    kind: FeeKind
    amount: int
    words: str
    visible: bool
    set_up: int
    after: int
    changes_after: int | None
    ends_after: int | None


def _plan(seed: int, index: int) -> _Plan | None:
    """The plan of the customer with that index; depends on the seed and the index only."""
    rng = random.Random(f"{seed}:fees:{index}")  # noqa: S311 - fiction, not secrets
    if (index + seed) % _SHARE != 3:  # noqa: PLR2004 - any remainder would do
        return None
    short = rng.random() < 0.3  # noqa: PLR2004 - three in ten
    return _Plan(
        kind=FeeKind.SHORT_CODE if short else FeeKind.KEYWORD,
        amount=rng.choice((290, 340)) if short else rng.choice((15, 20, 25, 40, 60)),
        words=f"Short code {rng.randint(19_000_000, 19_999_999)}" if short else f"Keyword {rng.choice(_WORDS)}{index}",
        visible=rng.random() < 0.35,  # noqa: PLR2004 - most are hidden
        set_up=rng.choice((0, 50, 90, 120)),
        after=rng.randint(0, 2),
        changes_after=rng.choice((None, None, 3)),
        ends_after=rng.choice((None, None, None, 5)),
    )


def fee_acts(company: DemoCompany, member: Member, days: Period, moment: datetime) -> Iterator[Act]:
    """What happens to a customer's fees in a month: agreed, raised, ended; and one left for a second person."""
    plan = _plan(company.seed, member.story.index)
    if member.sends_from is None or member.sends_from >= days.starts_on:
        return
    last = days.starts_on == company.scale.last_month and moment < company.now
    if last and not company.fee_waits:
        company.fee_waits = True
        yield moment, partial(_leave_waiting, company, member, moment)
    if plan is None:
        return
    age = months_between(member.sends_from, days.starts_on) - plan.after
    if member.fee_id is None and age >= 0:
        yield moment, partial(_agree, company, member, plan, moment)
    elif member.fee_id is not None and age == plan.changes_after:
        yield moment, partial(_raise, company, member, moment)
    elif member.fee_id is not None and age == plan.ends_after:
        yield moment, partial(_end, company, member.fee_id, moment)


def _agree(company: DemoCompany, member: Member, plan: _Plan, moment: datetime) -> None:
    wanted = WantedFee(
        customer_id=member.customer.id,
        kind=plan.kind,
        recurring=True,
        amount=_money(member, plan.amount),
        description=plan.words,
        wording=plan.words if plan.visible else "",
        visible=plan.visible,
        reason="Ordered with the account manager",
        ticket_id=str(40_000 + member.story.index),
    )
    member.fee_id = _set(company, member, wanted, moment)
    if plan.set_up and member.fee_id is not None:
        once = WantedFee(
            member.customer.id, FeeKind.SET_UP, False, _money(member, plan.set_up), f"Set-up of {plan.words}",
            "Set-up", True, "As in the offer", str(40_000 + member.story.index),
        )  # fmt: skip
        _set(company, member, once, moment)


def _set(company: DemoCompany, member: Member, wanted: WantedFee, moment: datetime) -> int | None:
    """Set a fee, with the manager agreeing where two have to; None where the credit is not there this month."""
    nonce = f"demo-{member.story.index}-{wanted.kind}-{moment:%Y%m%d}"

    def both(tx: Transaction) -> Fee:
        done = set_fee(tx, by=company.accounting, nonce=nonce, wanted=wanted)
        if done.approval_id is not None:
            manager = company.people[Role.MANAGER]
            approved = approve(tx, by=manager, approval_id=done.approval_id, acts=ACTS, reason="As agreed")
            if isinstance(approved, Fee):
                return approved
        return fee(tx.conn, done.fee_id or 0)

    try:
        made = company.database.act(both, at=moment)
    except NotEnoughCredit:
        return None
    today = moment.astimezone(company.database.timezone).date()
    due = made.charge_for(today)
    member.credit -= due[1].micros if due else wanted.amount.micros
    return made.id


def _raise(company: DemoCompany, member: Member, moment: datetime) -> None:
    today = moment.astimezone(company.database.timezone).date()

    def raised(tx: Transaction) -> None:
        found = fee(tx.conn, member.fee_id or 0)
        present = found.amount_in(today)
        change_fee(
            tx,
            by=company.accounting,
            fee_id=found.id,
            amount=_money(member, 5) + present,
            from_month=add_months(today, 1),
            reason="The carrier raised its price",
            expected_version=found.version,
        )

    company.database.act(raised, at=moment)


def _end(company: DemoCompany, fee_id: int, moment: datetime) -> None:
    given_back = partial(end_fee, by=company.accounting, fee_id=fee_id, reason="The customer gave it back")
    company.database.act(given_back, at=moment)


def _leave_waiting(company: DemoCompany, member: Member, moment: datetime) -> None:
    """A fee over the limit that nobody has agreed to yet."""
    wanted = WantedFee(
        member.customer.id, FeeKind.SHORT_CODE, True, _money(member, 480), "Short code 19881988", "",
        False, "New campaign from next month", "41988", add_months(company.scale.last_month, 1),
    )  # fmt: skip
    company.database.act(partial(set_fee, by=company.accounting, nonce="demo-fee-waiting", wanted=wanted), at=moment)


def _money(member: Member, units: int) -> Money:
    return Money.of(units, member.customer.currency)
