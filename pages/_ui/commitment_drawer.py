"""One commitment at the right of its list: its meters and outlook, the months billed, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages._ui import (
    cached,
    commitment_changes,
    commitment_hold,
    commitment_outlook,
    commitment_paper,
    commitment_versions,
    drawer,
    dunning_words,
    limit_parts,
    menu,
    stop_parts,
    tables,
    text,
)
from pages._ui.frame import me, read
from services.access.model import Principal
from services.customers.queries import customer as customer_by_id
from services.money import Money
from services.postpaid import queries
from services.postpaid.commitment import TrueUp
from services.postpaid.model import LEAVE, SIGN, WHAT_IF, Commitment
from services.postpaid.outlook import outlook
from services.postpaid.standing import Standing, standing

_METERS, _MONTHS, _CONTRACT, _LEAVE = "Meters", "Months billed", "Contract", "End early"
_WHAT_IF, _REPORT, _CHANGE, _RENEW = "What if", "Report", "Change", "Renew"
_LIMIT, _LIFT = "Credit limit", "Lift the stop"


def show(commitment_id: int, *, key: str) -> None:
    """Open the drawer on a commitment; `key` is the grid's, whose row is let go of when it closes."""
    title = f"Commitment {commitment_id}"
    draw = st.dialog(title, position="right", width="large", on_dismiss=lambda: drawer.dismissed(key))
    draw(drawn)(commitment_id, key)


def drawn(commitment_id: int, key: str) -> None:
    """What the drawer holds."""
    by = me()
    found = read(queries.commitment, commitment_id=commitment_id)
    owner = read(customer_by_id, customer_id=found.customer_id)
    terms = found.contract.now
    menu.link(by, drawer.CUSTOMER, owner.name, icon=":material/person:", id=str(owner.id))
    said = f"**{text.money(terms.minimum)}** a month from {text.day(found.contract.starts_on)}"
    st.markdown(f"{said} until {text.day(found.contract.days.last_day)}, {found.state(text.today())}.")
    commitment_hold.said(found)
    dunning_words.on_customer(by, owner.id, username=owner.username)
    running = found.ended_at is None and found.contract.left_before is None
    views = [_METERS, _MONTHS, _LIMIT, _CONTRACT, _REPORT]
    views += [_WHAT_IF] if found.ended_at is None and by.may(WHAT_IF) else []
    views += [_CHANGE, _RENEW] if running and by.may(SIGN) else []
    views += [_LEAVE] if running and by.may(LEAVE) else []
    views += [_LIFT] if limit_parts.may_lift(by, found) else []
    views += commitment_hold.offered(by, found)
    view = st.radio("View", views, horizontal=True, label_visibility="collapsed", key=f"commitment_{found.id}")
    if _VIEWS[str(view)](by, found):
        cached.forget()
        drawer.dismissed(key)
        st.rerun()


def _meters(_by: Principal, found: Commitment) -> bool:
    told = read(standing, found=found, today=text.today())
    if told.month is not None and told.expected is not None:
        st.markdown("**This month**")
        st.progress(_share(told.month, told.minimum), text=f"{text.amount(told.month)} of {text.money(told.minimum)}")
        code = found.currency
        low, high = (text.amount(Money(micros, code)) for micros in (told.expected.low, told.expected.high))
        likely = text.money(Money(told.expected.expected, code).rounded())
        st.caption(
            f"Likely {likely} at its end (eight times in ten between {low} and {high}: weekdays of the last twelve "
            f"weeks at this month’s level). {_true_up(found, told)}"
        )
    st.markdown("**Whole contract**")
    st.progress(
        _share(told.consumed, told.committed), text=f"{text.amount(told.consumed)} of {text.money(told.committed)}"
    )
    if told.trued_up:
        st.caption(f"{text.money(told.consumed - told.trued_up)} used, {text.money(told.trued_up)} billed as true-up.")
    _limit(told)
    ahead = outlook(commitment_outlook.history(found))
    st.markdown("**Burn-up of the term**")
    rest = ", what is left of the commitment among it" if found.charges_rest and found.ended_at is None else ""
    if found.contract.now.true_up is TrueUp.TERM or ahead.to_come:
        st.caption(
            f"As it looks, the term brings {text.money(ahead.expected.rounded())} of {text.money(ahead.committed)}, "
            f"with {text.money(ahead.to_come.rounded())} of true-up still to come{rest}."
        )
    commitment_outlook.burn_up(ahead, found)
    commitment_outlook.method(found)
    return False


def _true_up(found: Commitment, told: Standing) -> str:
    at_term = found.contract.now.true_up is TrueUp.TERM
    later = at_term and text.today() < found.contract.days.last_day.replace(day=1)
    if later:
        return "A shortfall is billed at the end of the term."
    return f"As it looks, the true-up would be {text.money(told.true_up.rounded())}."


def _marks(_by: Principal, found: Commitment) -> bool:
    stop_parts.warn_customer(found.customer_id)
    limit_parts.passed(found)
    return False


def _lift(_by: Principal, found: Commitment) -> bool:
    return limit_parts.lift(found, read(standing, found=found, today=text.today()).owed)


def _limit(told: Standing) -> None:
    words = f"{text.amount(told.owed)} owed of a limit of {text.money(told.limit)}"
    st.markdown("**Credit limit**")
    st.progress(_share(told.owed, told.limit), text=words)
    if told.alert:
        st.markdown(f":orange[:material/warning: More than {told.alert} % of the credit limit is owed.]")


def _share(part: Money, whole: Money) -> float:
    return min(max(part.micros / whole.micros, 0.0), 1.0) if whole else 0.0


def _months(by: Principal, found: Commitment) -> bool:
    billed = read(queries.months_billed, commitment_id=found.id)
    if not billed:
        st.caption("No month is billed yet: the monthly run does it on the 1st (Scheduled work).")
        return False
    rows = [
        (f"{each.month:%B %Y}", text.amount(each.consumed), text.amount(each.minimum), text.amount(each.true_up))
        for each in billed
    ]
    tables.printed(pd.DataFrame(rows, columns=["Month", "Consumed", "Minimum", "True-up"]), alt="Months billed")
    for each in billed[-6:]:
        if each.invoice_id is not None:
            label = f"Invoice of {each.month:%B %Y}"
            menu.link(by, "billing/invoice.py", label, icon=":material/request_quote:", id=str(each.invoice_id))
    return False


_VIEWS: dict[str, Callable[[Principal, Commitment], bool]] = {
    _METERS: _meters,
    _MONTHS: _months,
    _LIMIT: _marks,
    commitment_hold.HOLD: lambda _by, found: commitment_hold.hold(found),
    commitment_hold.RELEASE: lambda _by, found: commitment_hold.release(found),
    _LIFT: _lift,
    _CONTRACT: lambda _by, found: commitment_versions.contract(found),
    _REPORT: commitment_paper.show,
    _WHAT_IF: lambda _by, found: commitment_outlook.what_if(found),
    _CHANGE: lambda _by, found: commitment_changes.change(found),
    _RENEW: lambda _by, found: commitment_changes.renew(found),
    _LEAVE: lambda _by, found: commitment_changes.leave(found),
}
