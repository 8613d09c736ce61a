"""The few kinds of error a person can be told about, and the one that means the software is wrong."""


class LedgerdeskError(Exception):
    """An anticipated error whose text is one sentence a person can act on."""


class Refused(LedgerdeskError):
    """A rule of the business or a wrong input forbids what was asked."""


class Forbidden(Refused):
    """The person's role does not include what was asked."""


class NotFound(LedgerdeskError):
    """What was asked for does not exist."""


class Stale(LedgerdeskError):
    """Somebody else changed the same thing first; look again and retry."""


class Unavailable(LedgerdeskError):
    """Something outside (a database, a mail server) does not answer; try again later."""


class BrokenInvariant(Exception):
    """The books or the code contradict themselves; never caught by a screen, always logged with a reference."""


class InvalidForm(Refused):
    """Several fields of one form are wrong: each field's own sentence, by the field's name."""

    def __init__(self, fields: dict[str, str]) -> None:
        """Keep the sentences for the form, and join them for whoever has no form."""
        super().__init__(" ".join(fields.values()))
        self.fields = fields
