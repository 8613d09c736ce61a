"""How a customer is found by what somebody typed: text made comparable, the same on every database."""

from __future__ import annotations

import re
import unicodedata

SHORTEST_PHONE = 6
_PHONE_LIKE = re.compile(r"[+0-9 ().\-/]+")


def comparable(text: str) -> str:
    """Case, accents and repeated spaces taken away: "Éléonore  Straße" becomes "eleonore strasse"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in parts if not unicodedata.combining(sign)).casefold().split())


def phone_digits(phone: str) -> str:
    """The digits of a phone number without the zeros of national or international dialling."""
    return re.sub(r"[^0-9]", "", phone).lstrip("0")


def search_text(*, account_id: str, username: str, email: str, name: str, contact_name: str, phone: str) -> str:
    """Everything a customer is found by in one text; each word has a space before it, so that prefixes show."""
    words = comparable(f"{account_id} {username} {email} {name} {contact_name}")
    return f" {words} {phone_digits(phone)}".rstrip()


def words_of(typed: str) -> list[str]:
    """The words that must all be found; a phone number counts as one word, however it is spaced."""
    if _PHONE_LIKE.fullmatch(typed.strip()) and len(phone_digits(typed)) >= SHORTEST_PHONE:
        return [phone_digits(typed)]
    return comparable(typed).split()


def escaped(word: str) -> str:
    r"""A word safe inside a LIKE pattern whose escape is "\"."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
