"""Changing, renewing and ending a commitment early: what would come of it is seen before anybody is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from pages._ui import commitment_outlook, commitment_versions, tables, text
from pages._ui.forms import Form
from pages._ui.frame import act, plain, read
from services.money import Money
from services.postpaid.application import MOST_FILE_BYTES, Asked
from services.postpaid.applying import keep_file
from services.postpaid.changing import (
    Change,
    change_now,
    differences,
    first_days,
    request_change,
    with_change,
)
from services.postpaid.commitment import LEAST_MONTHS, MOST_MONTHS, NOTICE_DAYS, TERMS_DAYS, AtLimit, TrueUp
from services.postpaid.model import Commitment
from services.postpaid.outlook import exit_on, outlook
from services.postpaid.signing import leave_commitment
from services.postpaid.versions import Wanted


def change(found: Commitment) -> bool:
    """Other terms from the 1st of a month on."""
    days = read(first_days, found=found, today=text.today())
    return _asked("change", found, change_now(found, days[0]), days)


def renew(found: Commitment) -> bool:
    """The same terms for a longer term; what is agreed anew can be changed with it."""
    days = read(first_days, found=found, today=text.today())
    now = change_now(found, days[-1])
    months = min(now.agreed.months + LEAST_MONTHS, MOST_MONTHS)
    if found.contract.now.true_up is TrueUp.TERM:
        st.caption("A shortfall at the end of the term is then settled at the end of the longer one.")
    return _asked("renew", found, replace(now, agreed=replace(now.agreed, months=months)), days)


def _asked(name: str, found: Commitment, first: Change, days: list[date]) -> bool:
    """The form: what is to hold, what would come of it, and the signed paper for the manager who agrees."""
    if commitment_versions.waiting(found):
        return False
    form = Form(f"commitment_{name}_{found.id}")
    wanted = _typed(form, found, first, days)
    if wanted is None:
        return False
    _preview(found, wanted)
    most = MOST_FILE_BYTES // 2**20
    contract = st.file_uploader("The signed change", key=form.key("upload"), max_upload_size=most)
    form.place("file")
    reason = form.text("reason", "Why", max_chars=500)
    if not st.button("Ask a manager to agree", type="primary", key=form.key("ask")):
        return False
    if contract is None:
        form.complain({"file": "Upload the signed change first; nothing changes without it."})
        return False
    facts = {"application_id": found.application_id, "kind": "contract", "name": contract.name}
    kept = act(keep_file, content=contract.getvalue(), **facts)
    if not kept:
        return False
    told = "A manager has to agree under Approvals; until then the contract stays as it is."
    asked = {"commitment_id": found.id, "expected_version": found.version, "change": wanted}
    return bool(form.act(request_change, told=told, file_id=kept.result, reason=reason, **asked))


def _typed(form: Form, found: Commitment, first: Change, days: list[date]) -> Change | None:
    """The fields, which answer at once; None while one does not read."""
    code, agreed, wanted = found.currency, first.agreed, first.wanted
    one, two = st.columns(2)
    with one:
        start = days.index(first.effective_on)
        day = form.choice("effective_on", "Holds from", days, index=start, format_func=text.day)
        minimum = form.text("minimum", f"A month, {code}", agreed.minimum.plain())
        limit = form.text("limit", f"Credit limit, {code}", agreed.limit.plain())
        months = st.number_input("Months from the first day", 1, MOST_MONTHS, agreed.months, key=form.key("months"))
        form.place("months")
    with two:
        ways, ends = list(TrueUp), list(AtLimit)
        true_up = form.choice(
            "true_up",
            "A shortfall is billed",
            ways,
            index=ways.index(wanted.true_up),
            format_func=lambda each: each.label,
        )
        at_limit = form.choice(
            "at_limit",
            "At the credit limit",
            ends,
            index=ends.index(wanted.at_limit),
            format_func=lambda each: each.label,
        )
        pay = form.choice("payment_days", "Days to pay", TERMS_DAYS, index=TERMS_DAYS.index(wanted.payment_days))
        notice = form.choice("notice_days", "Notice, days", NOTICE_DAYS, index=NOTICE_DAYS.index(wanted.notice_days))
    amounts = form.money("minimum", minimum, code), form.money("limit", limit, code)
    if not (day and true_up and at_limit and pay and notice and amounts[0] and amounts[1]):
        return None
    return Change(day, Asked(amounts[0], amounts[1], int(months)), Wanted(true_up, pay, notice, at_limit))


def _preview(found: Commitment, wanted: Change) -> None:
    """Before and after: the terms, the whole commitment, and the true-ups that would come."""
    then = with_change(found.contract, wanted)
    differing = differences(found.contract.now, then.now)
    rows = [(_capital(what), _day_or(before), _day_or(after)) for what, (before, after) in differing.items()]
    seen = commitment_outlook.history(found)
    now, would = outlook(seen), outlook(replace(seen, contract=then))
    pairs = (
        ("Whole commitment", now.committed, would.committed),
        ("True-ups to come, forecast", now.to_come, would.to_come),
    )
    rows += [(label, text.money(one.rounded()), text.money(two.rounded())) for label, one, two in pairs]
    tables.printed(pd.DataFrame(rows, columns=["What", "Before", "After"]), alt="Before and after the change")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _day_or(words: str) -> str:
    """A day as the screens write it, or the words themselves."""
    try:
        return text.day(date.fromisoformat(words))
    except ValueError:
        return words


def leave(found: Commitment) -> bool:
    """End it before its term: what would be left is seen first, and a manager says whether it is billed."""
    form = Form(f"commitment_leave_{found.id}")
    notice = found.contract.now.notice_days
    day = form.on("left_before", "First day after it", text.today() + timedelta(days=notice))
    if day is None:
        return False
    _remaining(found, day)
    with form.drawn(border=False):
        rest = form.tick("charges_rest", "Bill what is left of the commitment with the last invoice", value=True)
        reason = form.text("reason", "Why", max_chars=500)
        sent = st.form_submit_button("End the commitment", type="primary")
    facts = {"commitment_id": found.id, "left_before": day, "charges_rest": rest, "reason": reason}
    told = "The commitment ends early; its last month settles it."
    return sent and bool(form.act(leave_commitment, told=told, **facts))


def _remaining(found: Commitment, day: date) -> None:
    """The days agreed as notice, and the value of what would be neither used nor billed."""
    notice = found.contract.now.notice_days
    if day < text.today() + timedelta(days=notice):
        st.markdown(f":orange[:material/warning: Sooner than the agreed notice of {notice} days.]")
    if day <= found.contract.starts_on or day >= found.contract.term.ends_before:
        st.caption(plain(f"Choose a day before the term ends on {text.day(found.contract.term.last_day)}."))
        return
    told = exit_on(commitment_outlook.history(found), day)
    left: Money = told.remaining.rounded()
    whole = f", {text.count(told.whole_months, 'whole month')} of it" if told.whole_months else ""
    st.markdown(f"**{text.money(left)}** of the commitment would be left{whole}, before tax.")
