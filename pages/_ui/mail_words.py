"""Words for e-mail: kinds, states, and why a message stands where it stands."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages._ui import text
from pages._ui.frame import Badge, Colour
from services.mail.model import Mail, MailKind, MailState, Via
from services.reporting.exports import Column, ColumnKind

KINDS = {kind.value: kind.label for kind in MailKind}
STATES = {
    MailState.QUEUED.value: "Waiting",
    MailState.SENDING.value: "Being sent",
    MailState.SENT.value: "Sent",
    MailState.FAILED.value: "Failed",
    MailState.CANCELLED.value: "Cancelled",
    MailState.UNCERTAIN.value: "Uncertain",
}
IN_THE_ROOM = "In the mail room"
_COLOURS: dict[MailState, Colour] = {
    MailState.QUEUED: "blue",
    MailState.SENDING: "blue",
    MailState.SENT: "green",
    MailState.FAILED: "red",
    MailState.CANCELLED: "gray",
    MailState.UNCERTAIN: "orange",
}
EXPORTED = {
    "queued": Column("Queued"),
    "customer": Column("Customer"),
    "what": Column("What"),
    "number": Column("Number"),
    "to_address": Column("To"),
    "language": Column("Language"),
    "subject": Column("Subject"),
    "standing": Column("State"),
    "attempts": Column("Tries", ColumnKind.COUNT),
    "sent": Column("Sent"),
    "queued_by": Column("By"),
    "note": Column("Why"),
}


def badge(mail: Mail) -> Badge:
    """Where a message stands."""
    return Badge(standing(mail.state.value, mail.via.value if mail.via else None), _COLOURS[mail.state])


def standing(state: str, via: Any) -> str:
    """Where a message stands in words; one that only went into the mail room is never called sent."""
    if state == MailState.SENT.value and via == Via.MAIL_ROOM.value:
        return IN_THE_ROOM
    return STATES[state]


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with kinds, states and reasons in words; moments as text for files."""
    notes = [
        said or (f"again: {reason}" if reason else "")
        for said, reason in zip(rows["said"], rows["reason"], strict=True)
    ]
    return rows.assign(
        what=[KINDS[kind] for kind in rows["kind"]],
        standing=[standing(state, via) for state, via in zip(rows["state"], rows["via"], strict=True)],
        note=notes,
        queued=[_moment(value) for value in rows["queued_at"]],
        sent=[_moment(value) for value in rows["sent_at"]],
    )


def _moment(value: Any) -> str:
    return "" if value is None or pd.isna(value) else text.moment(value)
