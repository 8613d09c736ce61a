"""A file with days missing before it: kept as it came until another person accepts it, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from services.access.approvals import request_approval
from services.access.model import Principal, require
from services.banking.gates import days_of_the_bank, refuse
from services.banking.held import MISSING_DAYS_ACT, is_held, subject_of
from services.banking.intake import take_in
from services.banking.keeping import keep, result_of
from services.banking.model import ACCEPT_MISSING, IMPORT, ImportResult
from services.banking.tables import held_bank_file
from services.banking.turns import lock_imports
from services.db.engine import Transaction
from services.errors import Refused
from services.texts import checked_reason, seen


class NothingMissing(Refused):
    """A file was to be held although nothing is missing before it."""


class AlreadyHeld(Refused):
    """The same file waits for another person."""


def hold_statement(
    tx: Transaction,
    *,
    by: Principal,
    name: str,
    content: bytes,
    reason: str,
    bank_account: str | None = None,
    accept_untied: bool = False,
) -> int:
    """Keep a file and ask a second person to accept the days missing before it; gives the request's id.

    Nothing is posted before. Raises `InvalidForm` without a reason, `NothingMissing`, `AlreadyHeld`, and whatever
    `import_statement` refuses besides.
    """
    require(by, IMPORT)
    reason = checked_reason(reason, ask="Say why the file is to be imported although days are missing.")
    lock_imports(tx)
    name = seen(name)
    intake = take_in(tx.conn, content=content, name=name, bank_account=bank_account)
    refuse(intake, accept_untied=accept_untied)
    if not intake.missing or intake.same_file_id is not None:
        raise NothingMissing("Nothing is missing before this file; import it.")
    if is_held(tx.conn, content=content):
        raise AlreadyHeld("This file waits for another person already; ask them to look under Approvals.")
    kept = {
        "name": name,
        "sha256": intake.sha256,
        "content": content,
        "bank_account": bank_account,
        "accept_untied": accept_untied,
        "held_at": tx.at,
        "held_by": by.name,
        "reason": reason,
    }
    held_id = int(tx.conn.execute(insert(held_bank_file).returning(held_bank_file.c.id), kept).scalar_one())
    payload = {
        "held_id": held_id,
        "file": name,
        "sha256": intake.sha256,
        "present": {"days": " ".join(intake.missing)},
        "changes": {"days": f"accepted as missing; {sum(each.fresh for each in intake.taken):,} lines are imported"},
    }
    return request_approval(
        tx,
        by=by,
        act=MISSING_DAYS_ACT,
        subject=subject_of(content),
        payload=payload,
        summary=f"Import {name} although days are missing before it",
        reason=reason,
    )


def import_held(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> ImportResult:
    """Import a held file with what is missing before it; runs when `by`, the second person, accepts.

    The other gates are passed anew, as the books stand now.
    """
    require(by, ACCEPT_MISSING)
    lock_imports(tx)
    held = tx.conn.execute(select(held_bank_file).where(held_bank_file.c.id == int(payload["held_id"]))).one()
    content = bytes(held.content)
    intake = take_in(tx.conn, content=content, name=held.name, bank_account=held.bank_account)
    refuse(intake, accept_untied=bool(held.accept_untied))
    if intake.same_file_id is not None:
        return result_of(None, intake, nothing_new=True)
    with days_of_the_bank():
        return keep(tx, intake, by=by, name=held.name, content=content, reason=held.reason)
