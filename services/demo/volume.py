"""A company built for its number of postings: how many customers that takes, and the last few rows to reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import count, islice

from sqlalchemy import func, select

from services.access.model import SYSTEM
from services.demo.company import SLICE, DemoCompany
from services.demo.member import Member
from services.demo.story import Scale
from services.demo.traffic import price
from services.ledger.operations import roll_up
from services.ledger.tables import posting
from services.usage.model import Product, UsageDay
from services.usage.operations import post_usage_days

_PRODUCTS = 3
_BUSIEST = 0.95
_WEEK = 0.9  # what weekends leave of the days of a week
_BEFORE_CREDIT = 45  # days a customer waits, about, from its first invoice to its first message
_OWN_SHARE = 0.9  # of the postings are usage by the month; purchases and the last rows make the rest
_MONTHS_A_TOP_UP = 9


def scale_for(postings: int, customers: int, first_on: date, last_on: date) -> Scale:
    """As many customers as the postings need at the busiest, at least those asked for; fewer rows a day otherwise."""
    entries = postings // 2 * _OWN_SHARE
    days = max((last_on - first_on).days - _BEFORE_CREDIT, 1)
    most_a_customer = days * _PRODUCTS * _WEEK * _BUSIEST
    needed = max(customers, round(entries / most_a_customer) + 1)
    busy = min(entries / (needed * days * _PRODUCTS * _WEEK), _BUSIEST)
    return Scale(first_on, last_on, needed, busy=busy, products=_PRODUCTS, months_a_top_up=_MONTHS_A_TOP_UP)


def fill(company: DemoCompany, postings: int, told: Callable[[int], None]) -> None:
    """Post single messages until the books hold that many postings (one fewer where what is missing is odd)."""
    with company.database.read() as conn:
        held = conn.execute(select(func.count()).select_from(posting)).scalar_one()
    rows, left = _single_messages(company), max(postings - held, 0) // 2
    for number in count(1):
        if not (part := list(islice(rows, min(left, SLICE)))):
            break
        post = partial(post_usage_days, by=SYSTEM, days=part, source=f"demo-fill-{number}")
        company.database.act(post, at=company.now)
        left -= len(part)
        told(left)
    company.database.act(roll_up, at=company.now)


def _single_messages(company: DemoCompany) -> Iterator[UsageDay]:
    """Without end: one message of each product for each customer on each day it could send, and over again."""
    scale = company.scale
    senders = [(member, member.sends_from or scale.last_on) for member in company.members]
    for _turn in count():
        for offset in range(1, scale.days + 1):
            day = scale.last_on - timedelta(days=offset)
            for member, begins in senders:
                if begins <= day or offset == 1:
                    yield from (_one(member, product, day) for product in Product)


def _one(member: Member, product: Product, day: date) -> UsageDay:
    who = member.story.who
    return UsageDay(day, member.customer.id, product, who.country, who.currency, 1, 1, price(product, who.currency))
