"""The answer card: "why is my balance this?" answered with the customer's own figures, ready to paste into a ticket.

It speaks to the customer, so it tells what the customer may see: hidden fees are "Other charges", and every figure
adds up to the balance as it is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from services.customers import queries as customers
from services.customers.model import Customer
from services.ledger import queries as ledger
from services.money import Money
from services.papers.wording import date_text, exact_money_text, exact_text, money_text
from services.periods import Period
from services.reporting.explanation import Seen, why_of
from services.reporting.outlook import Outlook, outlook
from services.reporting.statement import places_for, totals_of
from services.reporting.words import say


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer is made of: who asks, what the customer sees of a period, and what comes next."""

    customer: Customer
    period: Period
    seen: Seen
    promotional: Money
    outlook: Outlook
    today: date


def facts_for(conn: Connection, *, customer_id: int, period: Period, today: date) -> Facts:
    """The figures of an answer about a period. Raises `NoCustomer`."""
    owner = customers.customer(conn, customer_id)
    told = why_of(conn, customer_id=customer_id, currency=owner.currency, period=period)
    promotional = ledger.promotional_credit(conn, customer_id, owner.currency)
    coming = outlook(conn, customer=owner, today=today)
    return Facts(owner, period, told.as_the_customer_sees_it(), promotional, coming, today)


def answer(facts: Facts, language: str) -> str:
    """The text in "en" or "fr": what the balance is, what made it, until when usage is in it, and what comes next."""
    paragraphs = [
        [say("hello", language)],
        _now(facts, language),
        _made_of(facts, language),
        _coming(facts, language),
        [say("goodbye", language)],
    ]
    text = "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"
    return text.replace("\N{NO-BREAK SPACE}", " ").replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )  # tickets know only plain ones


def _now(facts: Facts, language: str) -> list[str]:
    owner, credit = facts.customer, facts.outlook.credit
    named = {"username": owner.username, "account_id": owner.account_id, "day": date_text(facts.today, language)}
    words = "now_afterwards" if owner.pays_afterwards else "now"
    lines = [say(words, language, balance=_exact(facts, credit, language), **named)]
    if facts.promotional:
        lines.append(say("of_which", language, amount=_exact(facts, facts.promotional, language)))
    return lines


def _made_of(facts: Facts, language: str) -> list[str]:
    seen, days = facts.seen, facts.period
    first, last = date_text(days.starts_on, language), date_text(days.last_day, language)
    opening = _exact(facts, seen.opening, language)
    lines = [say("since", language, first=first, last=last, opening=opening)]
    totals = totals_of(seen, language)
    signed = [(words, ("+" if money.micros > 0 else "") + _number(facts, money, language)) for words, money in totals]
    lines += [f"- {words}{_colon(language)} {amount}" for words, amount in signed]
    lines += [] if totals else [f"- {say('nothing', language)}"]
    return [*lines, say("makes", language, closing=_exact(facts, seen.closing, language), last=last)]


def _coming(facts: Facts, language: str) -> list[str]:
    coming = facts.outlook
    lines = []
    if coming.complete_through:
        lines.append(say("usage_until", language, day=date_text(coming.complete_through, language)))
    if coming.rental:
        day, amount = coming.rental
        amount_text = money_text(amount, language)
        lines.append(say("next_rental", language, day=date_text(day, language), amount=amount_text))
    return [*lines, *_lasts(facts, language)]


def _lasts(facts: Facts, language: str) -> list[str]:
    if facts.customer.pays_afterwards:
        return [say("afterwards", language)]
    left, until = facts.outlook.days_left, facts.outlook.lasts_until(facts.today)
    if facts.outlook.credit.micros <= 0:
        return [say("used_up", language)]
    if not left or until is None:
        return []
    daily = money_text(facts.outlook.daily, language)
    words = "lasts_one" if left == 1 else "lasts"
    return [say(words, language, daily=daily, days=left, day=date_text(until, language))]


def _colon(language: str) -> str:
    return " :" if language == "fr" else ":"


def _exact(facts: Facts, money: Money, language: str) -> str:
    return exact_money_text(money, _places(facts), language)


def _number(facts: Facts, money: Money, language: str) -> str:
    return exact_text(money, _places(facts), language)


def _places(facts: Facts) -> int:
    """The decimals of the whole text, so that what is read adds up."""
    seen = facts.seen
    amounts = [seen.opening, seen.closing, facts.outlook.credit, facts.promotional, seen.gap]
    return places_for([*amounts, *(line.money for line in seen.lines)])
