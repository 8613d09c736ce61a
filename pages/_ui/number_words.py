"""What the states and kinds of dedicated numbers are called on screen."""

from __future__ import annotations

from services.numbers.model import Capability, NumberStatus, NumberType
from services.numbers.queries.unpaid import GraceState
from services.numbers.registration import Registration

STATUSES = {
    NumberStatus.ACTIVE.value: "Active",
    NumberStatus.CANCELLING.value: "Being cancelled",
    NumberStatus.CANCELLED.value: "Cancelled",
}
STATES = {state.value: state.value.capitalize() for state in Registration}
TYPES = {kind.value: kind.value.capitalize() for kind in NumberType}
CAPABILITIES = {
    Capability.SMS.value: "SMS",
    Capability.MMS.value: "MMS",
    Capability.VOICE.value: "Voice",
    Capability.FAX.value: "Fax",
    Capability.TWO_WAY.value: "Two-way",
}
GRACE = {
    GraceState.TO_WARN: "Warn the customer",
    GraceState.IN_GRACE: "In grace",
    GraceState.PAST: "Past grace",
}


def capabilities(written: str) -> str:
    """What a number carries, from "sms, two-way" to "SMS, Two-way"."""
    return ", ".join(CAPABILITIES[each] for each in written.split(", ") if each)
