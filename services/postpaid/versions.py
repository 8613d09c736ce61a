"""A version of a contract: what is agreed, judged and frozen at its day, and kept with the signed file behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from services.access.audit import record
from services.access.model import Principal
from services.db.engine import Transaction
from services.errors import InvalidForm
from services.periods import add_months
from services.postpaid.application import Asked
from services.postpaid.commitment import NOTICE_DAYS, TERMS_DAYS, AtLimit, Terms, TrueUp
from services.postpaid.model import SIGN, Commitment, NotReady
from services.postpaid.queries import commitments as queries
from services.postpaid.tables import commitment as table
from services.postpaid.tables import commitment_version, postpaid_file
from services.pricing.queries import rate_on


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a contract says beyond what was decided: how it is billed, paid, watched and given notice of."""

    true_up: TrueUp = TrueUp.MONTHLY
    payment_days: int = 14
    notice_days: int = 30
    at_limit: AtLimit = AtLimit.ALERT

    def faults(self) -> dict[str, str]:
        """A sentence for each of payment_days and notice_days that is not offered."""
        found = {}
        if self.payment_days not in TERMS_DAYS:
            found["payment_days"] = f"Choose one of {', '.join(map(str, TERMS_DAYS))} days."
        if self.notice_days not in NOTICE_DAYS:
            found["notice_days"] = f"Choose one of {', '.join(map(str, NOTICE_DAYS))} days."
        return found


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose hand it is: the kept file, why this version was made, who decided or agreed to it, and who asked for it."""

    file_id: int
    reason: str
    agreed_by: str
    asked_by: str = ""


def terms_of(
    tx: Transaction, agreed: Asked, wanted: Wanted, *, starts_on: date, effective_on: date, signed_on: date
) -> Terms:
    """The terms as a version keeps them; the minimum's worth in AUD is frozen at the stored rate of that day."""
    rate = rate_on(tx.conn, agreed.minimum.currency, signed_on)
    return Terms(
        effective_on=effective_on,
        ends_before=add_months(starts_on, agreed.months),
        minimum=agreed.minimum,
        true_up=wanted.true_up,
        payment_days=wanted.payment_days,
        credit_limit=agreed.limit,
        notice_days=wanted.notice_days,
        at_limit=wanted.at_limit,
        aud=rate.to_aud(agreed.minimum),
        rate=rate.aud_per_unit,
        rate_on=rate.on,
        rate_source=rate.source,
    )


def contract_file(tx: Transaction, file_id: int, application_id: int) -> None:
    """Raise `InvalidForm` (field "file") unless the signed contract is kept with this application."""
    c = postpaid_file.c
    kept = (c.id == file_id, c.application_id == application_id, c.kind == "contract")
    if tx.conn.execute(select(c.id).where(*kept)).scalar() is None:
        raise InvalidForm({"file": "Upload the signed contract first; nothing starts without it."})


def locked(tx: Transaction, commitment_id: int) -> Commitment:
    """The commitment, ours alone until the end. Raises `NotReady` for one that has ended."""
    tx.conn.execute(select(table.c.id).where(table.c.id == commitment_id).with_for_update())
    found = queries.commitment(tx.conn, commitment_id)
    if found.ended_at is not None:
        raise NotReady("This commitment has ended; sign a new one from a new application.")
    return found


def add_version(
    tx: Transaction, by: Principal, commitment_id: int, version: int, terms: Terms, *, signature: Signature
) -> None:
    """Write a version and its audit entry; nothing of it changes afterwards."""
    row: dict[str, Any] = {
        "commitment_id": commitment_id, "version": version, "effective_on": terms.effective_on,
        "ends_before": terms.ends_before, "minimum_micros": terms.minimum.micros, "true_up": terms.true_up.value,
        "payment_days": terms.payment_days, "limit_micros": terms.credit_limit.micros,
        "notice_days": terms.notice_days, "at_limit": terms.at_limit.value, "aud_micros": terms.aud.micros,
        "rate": str(terms.rate), "rate_on": terms.rate_on, "rate_source": terms.rate_source,
        "file_id": signature.file_id, "reason": signature.reason, "made_at": tx.at,
        "made_by": signature.asked_by or by.name, "agreed_by": signature.agreed_by,
    }  # fmt: skip
    tx.conn.execute(insert(commitment_version), row)
    after = {
        "a month": terms.minimum.text(), "from": terms.effective_on, "until": terms.ends_before,
        "credit limit": terms.credit_limit.text(), "true_up": terms.true_up.value, "version": version,
    }  # fmt: skip
    why = signature.reason
    record(tx, by=by, act=SIGN.name, subject="commitment", subject_id=commitment_id, after=after, reason=why)
