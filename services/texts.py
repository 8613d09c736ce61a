"""What a typed text may hold: how long it may be, and nothing that cannot be seen."""

from __future__ import annotations

import re
import unicodedata

from services.errors import InvalidForm

LONGEST_LINE = 200
LONGEST_REASON = 500
_EMAIL = re.compile(r"[^@\s<>(),;:\"\[\]\\]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
# marks that turn the reading direction around: a name with one reads other than it is written
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text_fault(text: str, *, longest: int = LONGEST_LINE, lines: bool = False) -> str | None:
    """The sentence that says what is wrong with a typed text, or None; `lines` allows line feeds."""
    if len(text) > longest:
        return f"This is {len(text):,} characters long; shorten it to {longest}."
    if not text.isprintable() and any(_unseen(sign) and not (lines and sign == "\n") for sign in text):
        return "This holds a character that cannot be printed; type it again."
    return None


def text_faults(texts: dict[str, str], *, longest: int = LONGEST_LINE) -> dict[str, str]:
    """`text_fault` for each field, without those that are well."""
    found = {field: text_fault(text, longest=longest) for field, text in texts.items()}
    return {field: sentence for field, sentence in found.items() if sentence}


def checked_reason(reason: str, *, ask: str = "") -> str:
    """The reason of an act, trimmed. Raises `InvalidForm` (field "reason") when it is too long or cannot be printed.

    `ask` is the sentence for a missing one, where it is needed.
    """
    wrong = ask if ask and not reason.strip() else text_fault(reason.strip(), longest=LONGEST_REASON, lines=True)
    if wrong:
        raise InvalidForm({"reason": wrong})
    return reason.strip()


def is_email(text: str) -> bool:
    """Whether a text has the form of one e-mail address: a name, one @ and a domain with a dot."""
    return _EMAIL.fullmatch(text) is not None


def seen(text: str) -> str:
    """A text from outside that nobody can type again, a file's name, without what cannot be seen."""
    return "".join(sign for sign in text if not _unseen(sign))[:LONGEST_LINE]


def _unseen(sign: str) -> bool:
    return sign in _TURNING or unicodedata.category(sign) in {"Cc", "Cs"}
