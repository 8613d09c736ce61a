"""What happens to numbers once rented: registered, dearer from a month on, ended unnoticed, warned about, released."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from services.demo.company import Act, DemoCompany
from services.demo.member import Member
from services.demo.opening import at
from services.money import MICROS, Money
from services.numbers.cancelling import cancel_number, record_cancellation, warn_customer
from services.numbers.model import Capability, NumberStatus
from services.numbers.operations import change_price, change_registration
from services.numbers.queries import number
from services.numbers.queries.unpaid import unpaid_rentals
from services.numbers.refunding import refund_after_end
from services.numbers.registration import FOLLOWING, Registration
from services.periods import Period, add_months, month_of

SET_UP_CHARGED = frozenset({"GB", "FR", "SG"})  # where a number takes papers to set up
_STEPS = (
    (2, Registration.SUBMITTED, "Documents of the customer sent to the carrier."),
    (5, Registration.IN_REVIEW, "The carrier is looking at them."),
    (11, Registration.REGISTERED, "Registered by the carrier."),
)
_STUCK = (
    (3, Registration.DOCUMENTS_NEEDED, "The carrier asks for proof of the address."),
    (20, Registration.SUBMITTED, "Utility bill sent."),
    (33, Registration.REJECTED, "The name on the bill is not the customer's."),
)
_WARNED_AFTER = 2  # days after the 1st, when accounting has looked at the list
_LATELY = 5  # days before the last one, when it looked again
_DEARER = 5  # of so many renters, one gets a new price
_UNNOTICED = 6  # of so many renters, the carrier ended one number's life and nobody noticed


def carried_by(country: str) -> tuple[Capability, ...]:
    """What a mobile number of the country carries."""
    return (Capability.SMS, Capability.TWO_WAY, *([Capability.VOICE] if country in {"AU", "NZ"} else []))


def acts_on_numbers(company: DemoCompany, days: Period) -> list[Act]:
    """Everything a month holds for the numbers rented before it or in it."""
    renters = [member for member in company.members if member.numbers]
    acts = [act for place, member in enumerate(renters) for act in _of_renter(company, member, place, days)]
    lately = company.scale.last_on - timedelta(days=_LATELY)
    warnings = [days.starts_on + timedelta(days=_WARNED_AFTER), *([lately] if lately in days else [])]
    return acts + [
        (at(company.database, on, 10), partial(_warn, company, on, place)) for place, on in enumerate(warnings)
    ]


def _of_renter(company: DemoCompany, member: Member, place: int, days: Period) -> Iterator[Act]:
    index = member.story.index
    for one, steps in zip(member.numbers, _ways(index), strict=False):
        for after, state, reason in steps:
            on = add_months(one.activated_on.replace(day=1), 1) + timedelta(days=after)
            if on in days:
                yield at(company.database, on, 11, 15), partial(_register, company, one.id, state, reason, on)
    now = month_of(company.scale.last_on)
    if place % _DEARER == 1 and days == now.before():
        on = days.starts_on + timedelta(days=13)
        yield at(company.database, on, 15), partial(_dearer, company, member, on)
    if days in {now, now.before()} and place % _UNNOTICED == (5 if days == now else 2):
        on = days.starts_on + timedelta(days=3)
        yield at(company.database, on, 14, 30), partial(_found_ended, company, member, on, back=days != now)
    if place % _UNNOTICED == 4 and days == now:  # noqa: PLR2004 - any of them
        on = days.starts_on + timedelta(days=4)
        yield at(company.database, on, 14, 30), partial(_cancel_now, company, member, on)


def _ways(index: int) -> tuple[tuple[tuple[int, Registration, str], ...], ...]:
    """How the registration of a customer's first, second and third number goes."""
    return (_STEPS, _STUCK, _STEPS[:2]) if index % 2 else (_STEPS, _STEPS, _STUCK[:1])


def _register(company: DemoCompany, number_id: int, state: Registration, reason: str, on: date) -> None:
    with company.database.read() as conn:
        found = number(conn, number_id)
    if found.status is NumberStatus.CANCELLED or state not in FOLLOWING[found.registration]:
        return
    change = partial(
        change_registration, by=company.accounting, number_id=number_id, expected=found.registration, to=state
    )
    company.database.act(partial(change, reason=reason), at=at(company.database, on, 11, 15))


def _dearer(company: DemoCompany, member: Member, on: date) -> None:
    """A tenth more from the month after the next, announced a month ahead."""
    found = member.numbers[0]
    if found.status is not NumberStatus.ACTIVE:
        return
    price = found.monthly_price
    new = Money(price.micros * 11 // 10 // MICROS * MICROS + MICROS // 2, price.currency)
    change = partial(
        change_price,
        by=company.accounting,
        number_id=found.id,
        monthly_price=new,
        month=add_months(on, 2),
        reason="The carrier charges more.",
    )
    company.database.act(change, at=at(company.database, on, 15))


def _found_ended(company: DemoCompany, member: Member, on: date, *, back: bool) -> None:
    """The carrier's bill shows that a number ended in the month before: rental slipped through on the 1st."""
    found = member.numbers[-1]
    since = on.replace(day=1) - timedelta(days=9)
    if found.status is not NumberStatus.ACTIVE or found.activated_on >= since:
        return
    moment = at(company.database, on, 14, 30)
    end = partial(record_cancellation, by=company.accounting, number_id=found.id, since=since)
    ended = company.database.act(partial(end, reason="Missing on the carrier's bill."), at=moment)
    member.numbers[-1] = ended
    if back:
        give = partial(refund_after_end, by=company.accounting, number_id=found.id, reason="Ended by the carrier.")
        member.credit += company.database.act(give, at=moment + timedelta(hours=1)).amount.micros


def _cancel_now(company: DemoCompany, member: Member, on: date) -> None:
    last = member.numbers[-1]
    if last.status is NumberStatus.ACTIVE:
        cancel = partial(cancel_number, by=company.accounting, number_id=last.id)
        member.numbers[-1] = company.database.act(cancel, at=at(company.database, on, 14, 30))


def _warn(company: DemoCompany, on: date, turn: int) -> None:
    """Of three customers whose rental is not covered one is told early, one lately, and one is still to be told."""
    with company.database.read() as conn:
        unpaid = unpaid_rentals(conn)
    for place, each in enumerate(unpaid):
        if each.warned_on or place % 3 != turn:
            continue
        warn = partial(warn_customer, by=company.accounting, customer_id=each.customer_id)
        company.database.act(partial(warn, how="By e-mail to the accounts address."), at=at(company.database, on, 10))
