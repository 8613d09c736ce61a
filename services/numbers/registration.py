"""How far a number is registered with the carrier and the regulator: six states, and which may follow which."""

from __future__ import annotations

from enum import StrEnum

from services.errors import Refused


class Registration(StrEnum):
    """The states a registration goes through; those of public numbering APIs in this field, in plain words."""

    REQUESTED = "requested"
    DOCUMENTS_NEEDED = "documents needed"
    SUBMITTED = "submitted"
    IN_REVIEW = "in review"
    REGISTERED = "registered"
    REJECTED = "rejected"


class CannotRegister(Refused):
    """A registration cannot go to that state from the one it is in."""


# A rejected registration is put right and submitted anew; a registered number may be asked for new documents later.
FOLLOWING: dict[Registration, tuple[Registration, ...]] = {
    Registration.REQUESTED: (
        Registration.DOCUMENTS_NEEDED,
        Registration.SUBMITTED,
        Registration.REGISTERED,
        Registration.REJECTED,
    ),
    Registration.DOCUMENTS_NEEDED: (Registration.SUBMITTED, Registration.REJECTED),
    Registration.SUBMITTED: (
        Registration.IN_REVIEW,
        Registration.DOCUMENTS_NEEDED,
        Registration.REGISTERED,
        Registration.REJECTED,
    ),
    Registration.IN_REVIEW: (Registration.REGISTERED, Registration.DOCUMENTS_NEEDED, Registration.REJECTED),
    Registration.REGISTERED: (Registration.DOCUMENTS_NEEDED,),
    Registration.REJECTED: (Registration.DOCUMENTS_NEEDED,),
}


def check_step(before: Registration, after: Registration) -> None:
    """Raise `CannotRegister` unless the state may follow; the sentence names those that may."""
    if after not in FOLLOWING[before]:
        allowed = " or ".join(f"“{state}”" for state in FOLLOWING[before])
        raise CannotRegister(f"A registration that is “{before}” cannot become “{after}”; it may become {allowed}.")
