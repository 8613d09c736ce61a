"""What the demo company gives and corrects: a welcome to new customers, goodwill, undelivered messages, a mistake."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from services.access.model import Role
from services.adjustments.model import NothingToRefund
from services.adjustments.operations import (
    correct_credit,
    expire_promotions,
    give_goodwill,
    grant_promotion,
    refund_undelivered,
    undo_adjustment,
)
from services.adjustments.refunds import refundable
from services.demo.company import Act, DemoCompany
from services.demo.member import Member
from services.demo.opening import at
from services.demo.story import Story
from services.demo.usage_records import WEEKS
from services.money import Money, digits
from services.periods import Period

_WELCOMED = 0.4  # share of new customers
_COMPLAINS = 0.05  # chance a month that a customer is given something
_LASTS = timedelta(days=90)
_REFUNDED = 3  # customers whose undelivered messages somebody looked at
_REASONS = ("A campaign went out an hour late", "Hold music for forty minutes", "The portal was down on a Friday")


def adjustments_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """What people give in a month, and the promotions that end on its 1st."""
    rng = random.Random(f"{company.seed}:adjusting:{days.starts_on:%Y%m}")  # noqa: S311 - fiction, not secrets
    expires_at = at(company.database, days.starts_on, 6)
    yield expires_at, partial(_expire, company, expires_at)
    for story in company.stories:
        if story.joined_on in days and rng.random() < _WELCOMED:
            moment = at(company.database, story.joined_on, 15, rng.randint(0, 59))
            yield moment, partial(_welcome, company, story, moment)
    for member in company.members:
        if rng.random() < _COMPLAINS:
            day = days.starts_on + timedelta(days=rng.randint(1, 26))
            moment = at(company.database, day, rng.randint(9, 16), rng.randint(0, 59))
            yield moment, partial(_complain, company, member, moment, rng)


def last_days(company: DemoCompany) -> None:
    """What happened lately: undelivered messages refunded, a goodwill taken back, a correction that waits."""
    moment, seen = company.now, 0
    period = Period(company.scale.last_on - WEEKS, company.scale.last_on)
    for member in company.members:
        seen += _refund(company, member, period, moment)
        if seen == _REFUNDED:
            break
    if company.members:
        last = company.members[-1]
        first = next((one for one in company.members if one.credit >= 0), last)  # what is below zero is used at once
        given = _soothe(company, first, moment, 12, "A credit meant for another customer")
        undo = partial(undo_adjustment, by=company.accounting, adjustment_id=given, reason="Wrong customer, see 50413")
        company.database.act(undo, at=moment + timedelta(minutes=20))
        correct = partial(
            correct_credit,
            by=company.accounting,
            nonce="demo-correction",
            customer_id=last.customer.id,
            amount=_amount(last, 150),
            reason="Charged by last year's price list",
            ticket_id="50421",
        )
        company.database.act(correct, at=moment + timedelta(minutes=30))


def _expire(company: DemoCompany, moment: datetime) -> None:
    company.database.act(partial(expire_promotions, by=company.accounting), at=moment)


def _welcome(company: DemoCompany, story: Story, moment: datetime) -> None:
    member = next(one for one in reversed(company.members) if one.story is story)
    amount = _amount(member, 20)
    grant = partial(
        grant_promotion,
        by=company.accounting,
        nonce=f"demo-welcome-{story.index}",
        customer_id=member.customer.id,
        amount=amount,
        reason="Welcome promotion",
        ticket_id=f"WELCOME-{moment.year}",
        expires_on=story.joined_on + _LASTS,
    )
    company.database.act(grant, at=moment)


def _complain(company: DemoCompany, member: Member, moment: datetime, rng: random.Random) -> None:
    _soothe(company, member, moment, rng.choice((5, 10, 15, 25)), rng.choice(_REASONS))


def _soothe(company: DemoCompany, member: Member, moment: datetime, units: int, reason: str) -> int:
    amount = _amount(member, units)
    give = partial(
        give_goodwill,
        by=company.people[Role.SUPPORT],
        nonce=f"demo-goodwill-{member.story.index}-{moment:%Y%m%d%H%M}",
        customer_id=member.customer.id,
        amount=amount,
        reason=reason,
        ticket_id=str(40_000 + member.story.index * 7 % 10_000),
    )
    return company.database.act(give, at=moment).id


def _refund(company: DemoCompany, member: Member, period: Period, moment: datetime) -> bool:
    try:
        with company.database.read() as conn:
            found = refundable(conn, customer_id=member.customer.id, period=period)
    except NothingToRefund:
        return False
    refund = partial(
        refund_undelivered,
        by=company.people[Role.SUPPORT],
        nonce=f"demo-undelivered-{member.story.index}",
        customer_id=member.customer.id,
        period=period,
        expected=found.amount,
        reason="Messages of the last weeks that never arrived",
        ticket_id=str(50_000 + member.story.index),
    )
    company.database.act(refund, at=moment)
    return True


def _amount(member: Member, units: int) -> Money:
    """So many units of a currency with cents, a hundred times as many of one without."""
    code = member.customer.currency
    return Money.of(units if digits(code) else units * 100, code)
