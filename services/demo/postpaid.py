"""Postpaid in the demo: the largest sender has a commitment, whose change waits; one more application waits too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from services.access.model import Role
from services.demo.company import Act, DemoCompany
from services.demo.member import Member
from services.demo.opening import at
from services.money import MICROS, Money
from services.periods import Period, add_months
from services.postpaid.application import Asked, Verdict
from services.postpaid.applying import keep_file, open_application, recommend
from services.postpaid.changing import change_now, first_days, request_change
from services.postpaid.commitment import LEAST_MONTHS, least_commitment
from services.postpaid.deciding import decide
from services.postpaid.queries import commitment_of
from services.postpaid.signing import sign_commitment
from services.postpaid.versions import Wanted
from services.pricing.queries import rate_on
from services.reporting.dossier import dossier

_MONTHS_OF_LIMIT = 2  # below the limit from which two managers decide
_LONGER_DAYS = 30
_CHANGE = b"%PDF-1.4\n% The signed change of the fictitious customer's contract.\n"
_CONTRACT = b"%PDF-1.4\n% The signed contract of the fictitious customer.\n"


def postpaid_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """What happens about postpaid in a month: agreed two months before the end, asked for again in the last."""
    last = company.scale.last_on.replace(day=1)
    asked = at(company.database, days.starts_on + timedelta(days=4), 10)
    if days.starts_on == add_months(last, -2):
        yield asked, partial(agree, company, asked, add_months(last, -1))
    if days.starts_on == last and asked < company.now:
        yield asked, partial(_ask, company, asked)
    grows = asked + timedelta(days=2)
    if days.starts_on == last and grows < company.now:
        yield grows, partial(_ask_to_change, company, grows)


def _senders(company: DemoCompany, rank: int) -> Member | None:
    sending = [member for member in company.members if member.sends_from and member.pays_after is None]
    ranked = sorted(sending, key=lambda member: (-member.story.spend, member.customer.id))
    return ranked[rank] if rank < len(ranked) else None


def _terms(company: DemoCompany, member: Member, on: date) -> Asked:
    code = member.customer.currency
    with company.database.read() as conn:
        least = least_commitment(rate_on(conn, code, on)).minimum
    whole = -(-2 * least.micros // (50 * MICROS)) * 50 * MICROS
    return Asked(Money(whole, code), Money(_MONTHS_OF_LIMIT * whole, code), LEAST_MONTHS)


def _ask(company: DemoCompany, moment: datetime) -> None:
    """Support opens an application that still waits for accounting."""
    member = _senders(company, 1)
    if member is None:
        return
    terms = _terms(company, member, moment.date())
    company.database.act(
        partial(
            open_application,
            by=company.people[Role.SUPPORT],
            nonce=f"demo-postpaid-{member.customer.id}",
            customer_id=member.customer.id,
            asked=terms,
            note="Sends more every month and is tired of topping up; asks to pay by the month.",
            ticket_id="4207",
        ),
        at=moment,
    )


def agree(company: DemoCompany, moment: datetime, starts_on: date, *, rank: int = 0, days: int = 14) -> None:
    """From the application to the signed contract, by the people it takes; `days` to pay, of the sender of a rank."""
    member = _senders(company, rank)
    if member is None:
        return
    act, people = company.database.act, company.people
    terms = _terms(company, member, moment.date())
    support, accounting, manager = people[Role.SUPPORT], people[Role.ACCOUNTING], people[Role.MANAGER]
    made = act(
        partial(
            open_application, by=support, nonce=f"demo-postpaid-{member.customer.id}", customer_id=member.customer.id,
            asked=terms, note="Their largest customer pays them after sixty days.", ticket_id="4102",
        ),
        at=moment,
    )  # fmt: skip
    with company.database.read() as conn:
        told = dossier(conn, customer_id=member.customer.id, today=moment.date()).to_json()
    act(
        partial(
            recommend, by=accounting, application_id=made.id, verdict=Verdict.APPROVE, terms=terms,
            reason="Buys every month and paid every invoice.", dossier=told,
        ),
        at=moment + timedelta(days=2),
    )  # fmt: skip
    agreed = "Agreed as recommended."
    act(
        partial(decide, by=manager, application_id=made.id, verdict=Verdict.APPROVE, terms=terms, reason=agreed),
        at=moment + timedelta(days=3),
    )
    member.pays_after = starts_on
    signed, name = moment + timedelta(days=8), "contract-signed.pdf"
    file_id = act(
        partial(keep_file, by=accounting, application_id=made.id, kind="contract", name=name, content=_CONTRACT),
        at=signed,
    )
    act(
        partial(
            sign_commitment, by=accounting, nonce=f"demo-commitment-{made.id}", application_id=made.id,
            starts_on=starts_on, wanted=Wanted(payment_days=days), file_id=file_id, signed_on=signed.date(),
        ),
        at=signed,
    )  # fmt: skip


def _ask_to_change(company: DemoCompany, moment: datetime) -> None:
    """Accounting asks for a longer time to pay, signed by the customer; a manager has not agreed yet."""
    member = _senders(company, 0)
    with company.database.read() as conn:
        found = commitment_of(conn, member.customer.id) if member else None
        days = first_days(conn, found, today=moment.date()) if found else []
    if found is None:
        return
    act, accounting, name = company.database.act, company.people[Role.ACCOUNTING], "change-signed.pdf"
    file_id = act(
        partial(
            keep_file, by=accounting, application_id=found.application_id, kind="contract", name=name, content=_CHANGE
        ),
        at=moment,
    )
    now = change_now(found, days[0])
    change = replace(now, wanted=replace(now.wanted, payment_days=_LONGER_DAYS))
    act(
        partial(
            request_change, by=accounting, commitment_id=found.id, expected_version=found.version, change=change,
            file_id=file_id, reason="Their own customers pay after a month.",
        ),
        at=moment,
    )  # fmt: skip
