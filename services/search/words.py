"""What is typed and what is stored, made comparable: words and keys without case, accents, separators and zeros.

A word is one word of a text. A key is a whole term run together, so that "blue gum", "Bluegum" and "blue-gum", or
"0412 345 678" and "+61412345678", begin alike.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from zlib import crc32

from services.customers.finding import comparable

LONGEST = 64  # a longer word or key is compared by its beginning
MOST_TYPED = 200
MOST_WORDS = 6
SHORTEST_EDITED = 4  # shorter ones are found exactly or by their beginning only
LONGEST_EDITED = LONGEST
SHORTEST_GRAMMED = 3
SHORTEST_END = 4  # the last four of a phone number; fewer end too many numbers
_GRAM = 3
_GRAM_MASK = 0xFFFFFF
_PHONE_LIKE = re.compile(r"[+0-9 ().\-/]+")
_SHORTEST_PHONE = 8
_BETWEEN = re.compile(r"[\W_]+")
_PIECES = re.compile(r"[^\W\d_]+|\d+")
_COMMON = "pty ltd limited inc llc llp plc corp corporation co company gmbh ag sarl sas sa srl bv the and of et de la"
COMMON = frozenset(_COMMON.split())
# ITU-T E.164 country codes have one digit (zones 1 and 7), two digits (these), else three
_TWO_DIGITS = (
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 "
    "81 82 84 86 90 91 92 93 94 95 98"
)
_COUNTRIES = frozenset(_TWO_DIGITS.split())


@dataclass(frozen=True, slots=True)
class Forms:
    """How one term is found: run together as a whole, by its words, and a number by its last digits.

    `ends` are written backwards, so that what a number ends with is what these begin with.
    """

    keys: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed: run together as a whole, and word by word.

    `ends` has those of them that may be the last digits of a number, written backwards and with every zero.
    """

    whole: str
    words: tuple[str, ...]
    ends: Mapping[str, str] = field(default_factory=dict)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """The words that may be the beginning of a longer one: among several, not a number of one to three digits."""
        one = len(self.words) == 1
        return tuple(word for word in self.words if one or not word.isdigit() or len(word) >= SHORTEST_EDITED)


def joined(text: str) -> str:
    """Letters and digits only, run together; a number without the zeros it begins with."""
    return _joined(comparable(text))


def typed(text: str) -> Typed:
    """What was typed, as far as it is compared: a phone number is one word, however it is spaced."""
    shortened = text[:MOST_TYPED]
    plain = comparable(shortened)
    whole = _joined(plain)
    ends = {_joined(each): _backwards(each)[0] for each in (plain, *plain.split()) if _is_end(each)}
    if _PHONE_LIKE.fullmatch(shortened.strip()) and len(whole) >= _SHORTEST_PHONE:
        return Typed(whole, (whole,), ends)
    words = (_joined(word) for word in plain.split())
    return Typed(whole, tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS], ends)


def text_forms(text: str) -> Forms:
    """A name: whole with and without its legal form, and each of its words, also those parted by a hyphen."""
    plain = comparable(text)
    whole = [word for word in map(_joined, plain.split()) if word]
    core = [word for word in whole if word not in COMMON]
    return _forms(["".join(whole), "".join(core)], [*whole, *_PIECES.findall(plain)])


def login_forms(text: str) -> Forms:
    """A username: whole, and its runs of letters and of digits."""
    plain = comparable(text)
    return _forms([plain], _PIECES.findall(plain))


def email_forms(text: str) -> Forms:
    """An e-mail address: whole, its domain, and the words before the domain's last."""
    plain = comparable(text)
    return _forms([plain, plain.rpartition("@")[2]], _PIECES.findall(plain.rpartition(".")[0]))


def digit_forms(text: str) -> Forms:
    """An account id: its digits."""
    return _forms([text], [])


def phone_forms(text: str) -> Forms:
    """A phone number: its digits, and those without the country code, as it is dialled at home."""
    digits = _joined(re.sub(r"\D", "", text))
    if not text.lstrip().startswith(("+", "00")):
        return _forms([digits], [], _backwards(text))
    code = 1 if digits[:1] in {"1", "7"} else 2 if digits[:2] in _COUNTRIES else 3
    return _forms([digits, digits[code:]], [], _backwards(text))


def paper_forms(text: str) -> Forms:
    """The number of a paper, "INV-2026-000123": whole, its digits, and the last of them."""
    runs = re.findall(r"\d+", text)
    return _forms([comparable(text), "".join(runs), *runs[-1:]], [], _backwards(text))


def end_forms(text: str) -> Forms:
    """The last four of a card: whole and with every zero, because nothing else of its number is known."""
    return Forms((), (), _backwards(text))


def edits(word: str) -> Iterator[str]:
    """Every word one slip away, for words of at least 4 signs: two signs swapped, one left out, wrong, or too many."""
    if not SHORTEST_EDITED <= len(word) <= LONGEST_EDITED:
        return
    signs = string.digits if word.isdigit() else string.ascii_lowercase + string.digits
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    for left, right in halves:
        if right:
            yield left + right[1:]
            yield from (left + sign + right[1:] for sign in signs)
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        yield from (left + sign + right for sign in signs)


@lru_cache(maxsize=65_536)
def trigrams(word: str) -> frozenset[str]:
    """Every three signs in a row, the word's beginning marked by a blank."""
    marked = f" {word}"
    return frozenset(marked[place : place + _GRAM] for place in range(len(marked) - _GRAM + 1))


def gram_numbers(word: str) -> set[int]:
    """The trigrams as small numbers, for the index; two that share one only add a candidate."""
    return {crc32(gram.encode()) & _GRAM_MASK for gram in trigrams(word)}


def is_grammed(word: str) -> bool:
    """Whether the index keeps a word's trigrams: numbers and keys are found by one slip without them."""
    return word.isalpha() and len(word) >= SHORTEST_GRAMMED


def _joined(plain: str) -> str:
    """The same for a text that is comparable already."""
    signs = plain if plain.isalnum() else _BETWEEN.sub("", plain)
    signs = signs[:LONGEST]
    return signs.lstrip("0") or signs if signs.isdigit() else signs


def _backwards(text: str) -> tuple[str, ...]:
    """The digits of a number, the last one first; nothing where they are too few to be known by their end."""
    digits = re.sub(r"\D", "", text)
    return (digits[::-1][:LONGEST],) if len(digits) >= SHORTEST_END else ()


def _is_end(plain: str) -> bool:
    return len(digits := _BETWEEN.sub("", plain)) >= SHORTEST_END and digits.isdecimal()


def _forms(keys: list[str], words: list[str], ends: tuple[str, ...] = ()) -> Forms:
    return Forms(
        tuple(dict.fromkeys(key for key in map(_joined, keys) if key)),
        tuple(dict.fromkeys(word for word in map(_joined, words) if word)),
        ends,
    )
