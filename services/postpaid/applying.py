"""Opening an application, asking and answering about it, keeping its evidence, and accounting's recommendation."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.customers.queries import customer as customer_by_id
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.errors import InvalidForm
from services.money import Money, minor_unit
from services.postpaid.application import (
    MOST_FILE_BYTES,
    Application,
    ApplicationStatus,
    Asked,
    NotAtThisPoint,
    Verdict,
)
from services.postpaid.commitment import BelowCommitment, check_commitment, least_commitment
from services.postpaid.letter import LetterKind
from services.postpaid.lettering import drawable_fault, write_letters
from services.postpaid.model import APPLY, RECOMMEND, SIGN, NonceReused
from services.postpaid.queries import applications as queries
from services.postpaid.tables import postpaid_application as table
from services.postpaid.tables import postpaid_file, postpaid_question
from services.pricing.queries import rate_on
from services.texts import LONGEST_REASON, checked_reason, seen, text_fault

_TO_RECOMMEND = (ApplicationStatus.OPEN, ApplicationStatus.WAITING)


def open_application(
    tx: Transaction, *, by: Principal, nonce: str, customer_id: int, asked: Asked, note: str, ticket_id: str
) -> Application:
    """Open an application for a customer; what is asked for has to be a commitment the business accepts (rule 8).

    `nonce` names the form: sent again it returns the application it opened. Raises `InvalidForm` with a sentence for
    each of minimum, months, limit, note and ticket_id that is wrong, `NotAtThisPoint` while another one is open, and
    `NonceReused`.
    """
    require(by, APPLY)
    wait_for_turn(tx, f"postpaid application of customer:{customer_id}")
    if made := queries.application_by_nonce(tx.conn, nonce):
        if (made.customer_id, made.asked) != (customer_id, asked):
            raise NonceReused("This form was already sent with other content; open it again.")
        return made
    owner = customer_by_id(tx.conn, customer_id)
    if queries.open_application_of(tx.conn, customer_id):
        raise NotAtThisPoint(f"{owner.name} has an application that is not decided yet; go on with that one.")
    faults = terms_faults(tx, asked, currency=owner.currency)
    said = {"note": text_fault(note.strip(), longest=LONGEST_REASON, lines=True), "ticket_id": text_fault(ticket_id)}
    faults |= {field: wrong for field, wrong in said.items() if wrong}
    if not note.strip():
        faults["note"] = "Say in a sentence why the customer wants to pay afterwards."
    if faults:
        raise InvalidForm(faults)
    row = _opened(tx, by, nonce, owner.id, asked) | {"note": note.strip(), "ticket_id": ticket_id.strip()}
    application_id = int(tx.conn.execute(insert(table).returning(table.c.id), row).scalar_one())
    facts = {"customer": owner.username} | asked.facts()
    record(tx, by=by, act=APPLY.name, subject="postpaid application", subject_id=application_id, after=facts)
    return queries.application(tx.conn, application_id)


def ask_question(
    tx: Transaction, *, by: Principal, application_id: int, question: str, as_letter: bool = False
) -> Application:
    """Ask for more about an application, which then waits for the answer; `as_letter` also writes to the customer.

    Raises `InvalidForm` (reason), `NotAtThisPoint`.
    """
    require(by, RECOMMEND)
    found = _standing(tx, application_id, *_TO_RECOMMEND)
    return put_question(tx, by=by, act=RECOMMEND.name, found=found, question=question, as_letter=as_letter)


def put_question(
    tx: Transaction, *, by: Principal, act: str, found: Application, question: str, as_letter: bool
) -> Application:
    """Keep a question and let the application wait; a step of asking, whoever asks. Raises `InvalidForm`."""
    asked = checked_reason(question, ask="Write the question.")
    if as_letter and (wrong := drawable_fault(asked)):
        raise InvalidForm({"reason": wrong})
    row = {"application_id": found.id, "question": asked, "asked_at": tx.at, "asked_by": by.name}
    question_id = int(tx.conn.execute(insert(postpaid_question).returning(postpaid_question.c.id), row).scalar_one())
    _move(tx, found.id, status=ApplicationStatus.WAITING.value)
    if as_letter:
        write_letters(tx, found=found, kind=LetterKind.MORE, said=asked, signed_by=by.name, question_id=question_id)
    _record(tx, by, act, found.id, {"question": asked, "letter": as_letter})
    return queries.application(tx.conn, found.id)


def answer_question(tx: Transaction, *, by: Principal, question_id: int, answer: str) -> Application:
    """Keep the answer to a question; with the last one the application is open again.

    Raises `InvalidForm`, and `NotAtThisPoint` for a question that is answered or that does not exist.
    """
    require(by, APPLY)
    said = checked_reason(answer, ask="Write the answer.")
    c = postpaid_question.c
    found = tx.conn.execute(select(postpaid_question).where(c.id == question_id).with_for_update()).one_or_none()
    if found is None or found.answer is not None:
        raise NotAtThisPoint("This question is answered already; look at the application again.")
    _standing(tx, found.application_id, *_TO_RECOMMEND)
    changes = {"answer": said, "answered_at": tx.at, "answered_by": by.name}
    tx.conn.execute(update(postpaid_question).where(c.id == question_id).values(changes))
    if all(each.answer for each in queries.questions_of(tx.conn, found.application_id)):
        _move(tx, found.application_id, status=ApplicationStatus.OPEN.value)
    _record(tx, by, APPLY.name, found.application_id, {"answer": said})
    return queries.application(tx.conn, found.application_id)


def keep_file(tx: Transaction, *, by: Principal, application_id: int, kind: str, name: str, content: bytes) -> int:
    """Keep a file with an application, as "evidence" or as the signed "contract"; the same content once. Gives its id.

    Raises `InvalidForm` (field "file") for an empty or too large one, `NotAtThisPoint` for a contract before approval.
    """
    require(by, SIGN if kind == "contract" else APPLY)
    found = queries.application(tx.conn, application_id)
    if kind == "contract" and found.status is not ApplicationStatus.APPROVED:
        raise NotAtThisPoint("A signed contract is kept once the application is approved.")
    if not content or len(content) > MOST_FILE_BYTES:
        limit = f"{MOST_FILE_BYTES // 2**20} MiB"
        said = (
            f"The file is larger than {limit}; send a smaller one." if content else "The file is empty; choose another."
        )
        raise InvalidForm({"file": said})
    digest = hashlib.sha256(content).digest()
    c = postpaid_file.c
    same = (c.application_id == application_id, c.kind == kind, c.sha256 == digest)
    if known := tx.conn.execute(select(c.id).where(*same)).scalar():
        return int(known)
    row = {
        "application_id": application_id, "kind": kind, "name": seen(name) or "file", "sha256": digest,
        "size": len(content), "content": content, "added_at": tx.at, "added_by": by.name,
    }  # fmt: skip
    file_id = int(tx.conn.execute(insert(postpaid_file).returning(c.id), row).scalar_one())
    act = (SIGN if kind == "contract" else APPLY).name
    _record(tx, by, act, application_id, {"file": row["name"], "sha256": digest.hex()})
    return file_id


def recommend(
    tx: Transaction, *, by: Principal, application_id: int, verdict: Verdict, terms: Asked, reason: str, dossier: str
) -> Application:
    """Accounting's recommendation with the terms it would accept; `dossier` is what was known, kept as it was (JSON).

    Raises `InvalidForm` for wrong terms or a missing reason, `NotAtThisPoint` while a question waits for its answer.
    """
    require(by, RECOMMEND)
    found = _standing(tx, application_id, ApplicationStatus.OPEN, ApplicationStatus.RECOMMENDED)
    why = checked_reason(reason, ask="Say what the recommendation rests on.")
    if verdict is Verdict.APPROVE and (faults := terms_faults(tx, terms, currency=found.currency)):
        raise InvalidForm(faults)
    _move(
        tx,
        application_id,
        status=ApplicationStatus.RECOMMENDED.value,
        recommendation=verdict.value,
        recommended_minimum_micros=terms.minimum.micros,
        recommended_limit_micros=terms.limit.micros,
        recommended_months=terms.months,
        recommended_reason=why,
        recommended_at=tx.at,
        recommended_by=by.name,
        recommended_by_id=by.person_id,
        dossier=dossier,
    )
    _record(tx, by, RECOMMEND.name, application_id, {"recommendation": verdict.value} | terms.facts(), reason=why)
    return queries.application(tx.conn, application_id)


def withdraw_application(tx: Transaction, *, by: Principal, application_id: int, reason: str) -> Application:
    """End an application nobody decided on, because the customer does not want it any more. Raises `InvalidForm`."""
    require(by, APPLY)
    why = checked_reason(reason, ask="Say why it is withdrawn.")
    _standing(tx, application_id, *_TO_RECOMMEND, ApplicationStatus.RECOMMENDED)
    _move(tx, application_id, status=ApplicationStatus.WITHDRAWN.value, withdrawn_reason=why)
    _record(tx, by, APPLY.name, application_id, {"status": "withdrawn"}, reason=why)
    return queries.application(tx.conn, application_id)


def terms_faults(tx: Transaction, asked: Asked, *, currency: str) -> dict[str, str]:
    """A sentence for each of minimum, months and limit that the business cannot accept; empty when all is well."""
    faults = {}
    for field, amount in (("minimum", asked.minimum), ("limit", asked.limit)):
        coin = Money(minor_unit(currency), currency)
        if amount.currency != currency:
            faults[field] = f"The customer is billed in {currency}; give the amount in it."
        elif amount.micros % coin.micros:
            faults[field] = f"Give whole coins of {coin.text()}."
    if not faults:
        try:
            check_commitment(asked.minimum, asked.months, least_commitment(rate_on(tx.conn, currency, tx.today)))
        except BelowCommitment as error:
            faults["minimum" if "at least" in str(error) else "months"] = str(error)
        if asked.limit < asked.minimum:
            faults["limit"] = "The credit limit is less than one month's minimum; a month could never be billed."
    return faults


def _opened(tx: Transaction, by: Principal, nonce: str, customer_id: int, asked: Asked) -> dict[str, Any]:
    return {
        "nonce": nonce, "customer_id": customer_id, "currency": asked.minimum.currency,
        "status": ApplicationStatus.OPEN.value, "asked_minimum_micros": asked.minimum.micros,
        "asked_limit_micros": asked.limit.micros, "asked_months": asked.months, "opened_on": tx.today,
        "opened_at": tx.at, "opened_by": by.name, "opened_by_id": by.person_id,
    }  # fmt: skip


def _standing(tx: Transaction, application_id: int, *points: ApplicationStatus) -> Application:
    tx.conn.execute(select(table.c.id).where(table.c.id == application_id).with_for_update())
    found = queries.application(tx.conn, application_id)
    if found.status not in points:
        raise NotAtThisPoint(f"The application is {found.status}; look at it again to see what can be done now.")
    return found


def _move(tx: Transaction, application_id: int, **changes: object) -> None:
    tx.conn.execute(update(table).where(table.c.id == application_id).values(**changes))


def _record(
    tx: Transaction, by: Principal, act: str, application_id: int, after: dict[str, Any], *, reason: str = ""
) -> None:
    record(tx, by=by, act=act, subject="postpaid application", subject_id=application_id, after=after, reason=reason)
