"""What can be done with a postpaid application: each draws its form and says whether it was done just now."""

from __future__ import annotations

from datetime import date

import streamlit as st

from pages._ui import application_form, application_parts, text
from pages._ui.forms import Form
from pages._ui.frame import act, me, plain, read
from services.postpaid import queries
from services.postpaid.application import MOST_FILE_BYTES, Application, ApplicationStatus, Verdict
from services.postpaid.applying import answer_question, ask_question, keep_file, recommend, withdraw_application
from services.postpaid.commitment import NOTICE_DAYS, TERMS_DAYS, AtLimit, TrueUp
from services.postpaid.deciding import ask_for_more, decide, take_back_decision
from services.postpaid.model import APPLY
from services.postpaid.signing import sign_commitment
from services.postpaid.versions import Wanted
from services.reporting.dossier import dossier

_MOST_MB = MOST_FILE_BYTES // 2**20
_WORDS = {Verdict.APPROVE: "Approve", Verdict.DECLINE: "Decline"}


def files(found: Application) -> bool:
    """Evidence kept with the application, to take and to add."""
    kept = read(queries.files_of, application_id=found.id)
    for each in kept:
        content = read(queries.file_content, file_id=each.id)
        label = f"{each.name}, {each.kind}, {text.moment(each.added_at)}, {each.added_by}"
        st.download_button(
            plain(label), content, file_name=each.name, key=f"postpaid_file_{each.id}", on_click="ignore"
        )
    if not kept:
        st.caption("No file is kept yet: accounts, a register extract, references.")
    if not (found.status.is_open and me().may(APPLY)):
        return False
    chosen = st.file_uploader("Add a file", key=f"evidence_{found.id}_{len(kept)}", max_upload_size=_MOST_MB)
    if chosen is None:
        return False
    facts = {"application_id": found.id, "kind": "evidence", "name": chosen.name, "content": chosen.getvalue()}
    return bool(act(keep_file, **facts))


def ask(found: Application) -> bool:
    """Ask for more; the application waits for the answer. What a manager asks, the customer is told by a letter."""
    decides = found.status is ApplicationStatus.RECOMMENDED
    form = Form(f"postpaid_ask_{found.id}")
    with form.drawn(border=False):
        question = form.lines(
            "reason", "What is missing" if decides else "What is not clear yet", height=80, max_chars=500
        )
        if decides:
            st.caption("It is printed in a letter to the customer; after the answer accounting looks at it again.")
        letter = decides or form.tick("letter", "Also write a letter to the customer with this question")
        sent = st.form_submit_button("Ask", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return False
    facts = {"application_id": found.id, "question": question}
    if decides:
        return bool(form.act(ask_for_more, told="The letter is written, and the application waits.", **facts))
    return bool(form.act(ask_question, told="The question is asked.", as_letter=letter, **facts))


def answer(found: Application) -> bool:
    """Answer the oldest question that is open."""
    waiting = [each for each in read(queries.questions_of, application_id=found.id) if not each.answer]
    if not waiting:
        return False
    question = waiting[0]
    st.markdown(f"**{plain(question.asked_by)} asks:** {plain(question.question)}")
    form = Form(f"postpaid_answer_{question.id}")
    with form.drawn(border=False):
        said = form.lines("reason", "Answer", height=80, max_chars=500)
        sent = st.form_submit_button("Answer", type="primary", shortcut="Ctrl+Enter")
    return sent and bool(form.act(answer_question, told="The answer is kept.", question_id=question.id, answer=said))


def recommendation(found: Application) -> bool:
    """Accounting's recommendation; what is known today of the customer's year is kept with it."""
    form = Form(f"postpaid_recommend_{found.id}")
    with form.drawn(border=False):
        verdict = form.choice("verdict", "Recommendation", list(Verdict), format_func=_WORDS.__getitem__)
        typed = application_form.terms(form, found.currency, found.asked)
        reason = form.lines("reason", "What it rests on", height=80, max_chars=500)
        sent = st.form_submit_button("Recommend", type="primary", shortcut="Ctrl+Enter")
    terms = application_form.read_terms(form, found.currency, typed) if sent else None
    if terms is None or verdict is None:
        return False
    told = read(dossier, customer_id=found.customer_id, today=text.today())
    facts = {"application_id": found.id, "verdict": verdict, "terms": terms, "reason": reason}
    return bool(form.act(recommend, told="The recommendation is kept.", dossier=told.to_json(), **facts))


def decision(found: Application) -> bool:
    """A manager's decision; one that waits for the second manager can only be taken back."""
    if found.status is ApplicationStatus.DECIDING:
        return _taking_back(found)
    form = Form(f"postpaid_decide_{found.id}")
    first = found.recommended.terms if found.recommended else found.asked
    with form.drawn(border=False):
        verdict = form.choice("verdict", "Decision", list(Verdict), format_func=_WORDS.__getitem__)
        typed = application_form.terms(form, found.currency, first)
        conditions = form.lines("conditions", "Conditions, if any: the letter prints them", height=68, max_chars=500)
        reason = form.lines("reason", "Reason: stays in the house", height=80, max_chars=500)
        st.caption(
            "The decision is told by a letter in English and French. A credit limit from 5,000 AUD or its equivalent "
            "waits for a second manager under Approvals."
        )
        sent = st.form_submit_button("Decide", type="primary", shortcut="Ctrl+Enter")
    terms = application_form.read_terms(form, found.currency, typed) if sent else None
    if terms is None or verdict is None:
        return False
    facts = {"application_id": found.id, "verdict": verdict, "terms": terms, "reason": reason}
    return bool(form.act(decide, told="The decision is kept.", conditions=conditions, **facts))


def _taking_back(found: Application) -> bool:
    st.caption("Waits for a second manager under Approvals. If that was declined, take the decision back here.")
    form = Form(f"postpaid_back_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why", max_chars=500)
        sent = st.form_submit_button("Take the decision back")
    return sent and bool(
        form.act(take_back_decision, told="It can be decided anew.", application_id=found.id, reason=reason)
    )


def signature(found: Application) -> bool:
    """Keep the signed contract; the commitment starts by itself on its day."""
    application_parts.credit_at_start(found)
    form = Form(f"postpaid_sign_{found.id}")
    contract = st.file_uploader("The signed contract", key=form.key("upload"), max_upload_size=_MOST_MB)
    with form.drawn(border=False):
        form.place("file")
        one, two = st.columns(2)
        with one:
            starts_on = form.on("starts_on", "Starts on", text.today())
            true_up = form.choice("true_up", "A shortfall is billed", list(TrueUp), format_func=lambda each: each.label)
            payment_days = form.choice("payment_days", "Days to pay", TERMS_DAYS, index=1)
        with two:
            signed_on = form.on("signed_on", "Signed on", text.today())
            at_limit = form.choice(
                "at_limit", "At the credit limit", list(AtLimit), format_func=lambda each: each.label
            )
            notice_days = form.choice("notice_days", "Notice, days", NOTICE_DAYS)
        sent = st.form_submit_button("Keep the commitment", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return False
    if contract is None:
        form.complain({"file": "Upload the signed contract first; nothing starts without it."})
        return False
    if not (starts_on and signed_on and true_up and payment_days and at_limit and notice_days):
        return False
    wanted = Wanted(true_up, payment_days, notice_days, at_limit)
    return _signed(form, found, (contract.name, contract.getvalue()), (starts_on, signed_on), wanted)


def _signed(
    form: Form, found: Application, contract: tuple[str, bytes], days: tuple[date, date], wanted: Wanted
) -> bool:
    name, content = contract
    kept = act(keep_file, application_id=found.id, kind="contract", name=name, content=content)
    if not kept:
        return False
    facts = {"application_id": found.id, "file_id": kept.result, "starts_on": days[0], "signed_on": days[1]}
    told = "The commitment is kept; it begins by itself on its day."
    return bool(form.act(sign_commitment, told=told, nonce=form.nonce, wanted=wanted, **facts))


def withdrawal(found: Application) -> bool:
    """End it because the customer does not want it any more."""
    form = Form(f"postpaid_withdraw_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why", max_chars=500)
        sent = st.form_submit_button("Withdraw the application")
    return sent and bool(
        form.act(withdraw_application, told="The application is withdrawn.", application_id=found.id, reason=reason)
    )
