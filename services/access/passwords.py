"""Passwords: argon2 hashes, one-time passwords, and what a new one must be."""

from __future__ import annotations

import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.errors import InvalidForm

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 200  # hashing takes longer the longer the text; nobody types more
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without 0 o 1 i l, which look alike on paper

_hasher = PasswordHash((Argon2Hasher(),))


def hash_password(password: str) -> str:
    """Hash a password with argon2id; about 50 ms on purpose."""
    return _hasher.hash(password)


@cache
def dummy_hash() -> str:
    """Give a hash nobody's password has, so that an unknown e-mail address costs as much time as a known one."""
    return hash_password(secrets.token_urlsafe(32))


def matches(password: str, password_hash: str) -> bool:
    """Whether the password is the hashed one."""
    return len(password) <= MAXIMUM_LENGTH and _hasher.verify(password, password_hash)


def one_time_password() -> str:
    """Make a password of sixteen letters and digits in four groups (79 bits), to be replaced at the first sign-in."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def check_new_password(new: str, *, current: str, email: str) -> None:
    """Raise `InvalidForm` (field "new") unless the password is 12 to 200 characters long and no easy guess."""
    sentence = ""
    if len(new) < MINIMUM_LENGTH:
        sentence = f"A password has at least {MINIMUM_LENGTH} characters; a few unrelated words are easy to remember."
    elif len(new) > MAXIMUM_LENGTH:
        sentence = f"A password has at most {MAXIMUM_LENGTH} characters."
    elif new == current:
        sentence = "The new password is the old one; choose another."
    elif len(set(new)) < 5 or email.split("@", maxsplit=1)[0] in new.lower():  # noqa: PLR2004 - five different characters
        sentence = "That password is too easy to guess; leave out the e-mail address and do not repeat one letter."
    if sentence:
        raise InvalidForm({"new": sentence})
