"""What customers and our people do in a month: join, ask for an invoice, rent a number, give it back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from services.access.model import Role
from services.customers.model import InvoiceDetails
from services.customers.operations import create_customer
from services.demo.adjusting import adjustments_of_month
from services.demo.card_money import card_money_of_month
from services.demo.card_returns import card_returns_of_month
from services.demo.cards import cards_of_month
from services.demo.company import Act, DemoCompany
from services.demo.ending import endings_of_month
from services.demo.fees import fee_acts
from services.demo.lines import SET_UP_CHARGED, acts_on_numbers, carried_by
from services.demo.mailing import mail_of_month
from services.demo.member import Member
from services.demo.moving import moves_of_month
from services.demo.names import PLACES, dedicated_number
from services.demo.opening import at
from services.demo.owing import owing_of_month
from services.demo.payer import payment_of
from services.demo.postpaid import postpaid_of_month
from services.demo.requests import asked_for
from services.demo.story import Story
from services.invoices.operations import issue_invoice
from services.money import Money
from services.numbers.model import NumberStatus, NumberType
from services.numbers.operations import add_number, cancel_number, release_number
from services.periods import Period, months_between


def acts_of_month(company: DemoCompany, days: Period) -> list[Act]:
    """Everything that happens at a desk in a month, not yet in order."""
    rng = random.Random(f"{company.seed}:month:{days.starts_on:%Y%m}")  # noqa: S311 - fiction, not secrets
    acts: list[Act] = [*adjustments_of_month(company, days), *endings_of_month(company, days)]
    acts += mail_of_month(company, days)
    acts += [*cards_of_month(company, days), *card_money_of_month(company, days), *card_returns_of_month(company, days)]
    acts += moves_of_month(company, days)
    acts += postpaid_of_month(company, days)
    acts += owing_of_month(company, days)
    for story in company.stories:
        if story.joined_on in days:
            moment = at(company.database, story.joined_on, 9, rng.randint(0, 59))
            acts.append((moment, partial(_join, company, story, moment)))
    for member in company.members:
        acts += _of_member(company, member, days, rng)
    return acts + acts_on_numbers(company, days)


def _of_member(company: DemoCompany, member: Member, days: Period, rng: random.Random) -> Iterator[Act]:
    day = days.starts_on + timedelta(days=rng.randint(2, 26))
    moment = at(company.database, day, rng.randint(9, 16), rng.randint(0, 59))
    again = 2 if rng.random() < 0.1 else 1  # noqa: PLR2004 - one in ten buys double
    if member.wants_to_buy(days.starts_on):
        yield moment, partial(_sell, company, member, moment, again)
    if member.story.numbers and not member.numbers and member.sends_from and member.sends_from < days.ends_before:
        rented_at = max(moment, at(company.database, member.sends_from, 11))
        yield rented_at, partial(_rent, company, member, rented_at)
    if member.rents_from and months_between(member.rents_from, days.starts_on) == member.story.cancels_after:
        yield moment, partial(_cancel, company, member, moment)
    if any(one.status is NumberStatus.CANCELLING and (one.cancels_on or day) <= day for one in member.numbers):
        yield moment, partial(_release, company, member, moment)
    yield from fee_acts(company, member, days, moment + timedelta(minutes=20))


def _join(company: DemoCompany, story: Story, moment: datetime) -> None:
    who = story.who
    details = InvoiceDetails(
        company_name=who.name,
        address=who.address,
        email=who.email,
        contact_name=who.contact,
        contact_phone=who.phone,
        language=who.language,
    )
    create = partial(
        create_customer,
        by=company.people[Role.SUPPORT],
        username=who.username,
        name=who.name,
        email=who.email,
        country=who.country,
        currency=who.currency,
        phone=who.phone,
        contact_name=who.contact,
        details=details,
    )
    member = Member(story, company.database.act(create, at=moment), details)
    company.members.append(member)
    _sell(company, member, moment + timedelta(minutes=40), 1)


def _sell(company: DemoCompany, member: Member, moment: datetime, times: int) -> None:
    """Issue an invoice for credit, and let the customer pay it as its story has it."""
    gross = Money(member.story.top_up * times, member.customer.currency)
    nonce = asked_for(company, member, gross, moment) or f"demo-{member.story.index}-{moment:%Y%m%d%H%M}"
    issue = partial(
        issue_invoice,
        by=company.accounting,
        nonce=nonce,
        customer_id=member.customer.id,
        gross=gross,
        details=member.details,
        send=True,
    )
    issued = company.database.act(issue, at=moment)
    member.order(issued.net, issued.issued_on)
    if payment := payment_of(company.seed, member.story, issued):
        company.bank[gross.currency].coming.append(payment)


def _rent(company: DemoCompany, member: Member, moment: datetime) -> None:
    country = member.customer.country
    price = Money.of(PLACES[country].monthly_price, member.customer.currency)
    for _number in range(member.story.numbers):
        company.lines[country] += 1
        rent = partial(
            add_number,
            by=company.people[Role.ACCOUNTING],
            e164=dedicated_number(country, company.lines[country]),
            customer_id=member.customer.id,
            country=country,
            type=NumberType.MOBILE,
            monthly_price=price,
            setup_price=price if country in SET_UP_CHARGED else None,
            capabilities=carried_by(country),
        )
        added = company.database.act(rent, at=moment)
        member.numbers.append(added)
        if first := added.rental_for(added.activated_on):
            member.credit -= first[1].micros + (price.micros if country in SET_UP_CHARGED else 0)


def _cancel(company: DemoCompany, member: Member, moment: datetime) -> None:
    last = member.numbers[-1]
    if last.status is NumberStatus.ACTIVE:
        cancel = partial(cancel_number, by=company.people[Role.ACCOUNTING], number_id=last.id)
        member.numbers[-1] = company.database.act(cancel, at=moment)


def _release(company: DemoCompany, member: Member, moment: datetime) -> None:
    today: date = moment.astimezone(company.database.timezone).date()
    for place, one in enumerate(member.numbers):
        if one.status is NumberStatus.CANCELLING and one.cancels_on and one.cancels_on <= today:
            release = partial(release_number, by=company.people[Role.ACCOUNTING], number_id=one.id)
            member.numbers[place] = company.database.act(release, at=moment)
