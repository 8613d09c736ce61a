"""How well a customer's terms answer what was typed: pure arithmetic on whole numbers, the same on every database.

A whole term that is typed exactly scores 1000 times its kind's weight. Then come beginnings, one slip, a beginning
with one slip, something inside, and trigrams in common. Several words count by their length, legal forms hardly.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from services.search.model import Term
from services.search.words import COMMON, SHORTEST_EDITED, Typed, trigrams

LEAST = 400  # less is no answer
SURE = 800  # what was typed, or begins so
CLEAR = 600  # so much needs no further look
EXACT = 1000
_BEGINS, _BEGINS_SPAN = 800, 100
_DIGITS_BEGIN, _DIGITS_SPAN = 560, 240  # many numbers begin alike: one of the same length comes before a longer one
_SWAPPED, _SLIP, _TWO_SLIPS, _BEGINS_WITH_SLIP, _INSIDE = 760, 720, 560, 600, 520
_ALIKE, _ALIKE_SPAN = 300, 200
SLIPPED_AT_MOST = _SWAPPED
_ENDS, _ENDS_SPAN = 770, 100  # last digits are typed whole, a beginning may still be on its way
_WORD = 780  # one word of several, in per mille of a whole term: less than a whole term that begins so
_PARTLY = 700  # some typed word is nowhere, in per mille
_TWO_SLIPS_FROM, _BEGINS_FROM, _INSIDE_FROM, _ALIKE_FROM = 8, 5, 3, 4
_LEAST_ALIKE = 300
_COMMON_COUNTS = 1
_SOUGHT_KEPT, _GRADES_KEPT = 32, 4096  # more is only garbage for the collector to go through


def grade(sought: str, text: str) -> int:
    """How well one typed word fits one word or key, 0 to 1000."""
    if sought == text:
        return EXACT
    if text.startswith(sought):
        least, span = (_DIGITS_BEGIN, _DIGITS_SPAN) if text.isdigit() else (_BEGINS, _BEGINS_SPAN)
        return least + span * len(sought) // len(text)
    if len(sought) < SHORTEST_EDITED:
        return _INSIDE if len(sought) >= _INSIDE_FROM and sought in text else 0
    if (sought.isalpha() and text.isdigit()) or (sought.isdigit() and text.isalpha()):
        return 0  # no sign in common
    return _slipped(sought, text) or (_INSIDE if sought in text else _alike(sought, text))


def score(typed: Typed, terms: Iterable[Term]) -> tuple[int, Term | None]:
    """How well the terms answer, 0 to 1000, and the one that answers best."""
    best_whole, by_whole = 0, None
    best_words: dict[str, tuple[int, Term | None]] = dict.fromkeys(typed.words, (0, None))
    for term in terms:
        weight, forms = term.kind.weight, term.forms
        run_together = max(_best(typed.whole, forms.keys), _ending(typed, typed.whole, term))
        if (whole := run_together * weight // 1000) > best_whole:
            best_whole, by_whole = whole, term
        for word in typed.words:
            keys = run_together
            if word != typed.whole:
                keys = max(_best(word, forms.keys), _ending(typed, word, term))
            one = max(keys, _best(word, forms.words) * _WORD // 1000) * weight // 1000
            if one > best_words[word][0]:
                best_words[word] = (one, term)
    by_words = _together(best_words)
    if best_whole >= by_words:
        return best_whole, by_whole
    longest = max(typed.words, key=lambda word: (best_words[word][0] * _counts(word), word))
    return by_words, best_words[longest][1]


def fits(typed: Typed, terms: Iterable[Term]) -> bool:
    """Whether every typed word is or begins a word or key, or all of it a key: what a list filtered by it shows.

    A number's last digits do as well as a beginning.
    """
    terms = tuple(terms)
    ends = {word for word in typed.ends if any(_ending(typed, word, term) for term in terms)}
    keys = {key for term in terms for key in term.forms.keys}
    texts = keys | {word for term in terms for word in term.forms.words}
    if typed.whole in ends or any(key.startswith(typed.whole) for key in keys):
        return True
    whole = set(typed.words) - set(typed.beginnings)
    begun = (any(text.startswith(word) for text in texts) for word in typed.beginnings if word not in ends)
    return whole <= texts | ends and all(begun)


def _together(found: dict[str, tuple[int, Term | None]]) -> int:
    total = sum(_counts(word) for word in found)
    if not total:
        return 0
    mean = sum(one * _counts(word) for word, (one, _) in found.items()) // total
    return mean if all(one for one, _ in found.values()) else mean * _PARTLY // 1000


def _counts(word: str) -> int:
    return _COMMON_COUNTS if word in COMMON else len(word)


def _best(sought: str, texts: tuple[str, ...]) -> int:
    return max(map(_grades(sought).__getitem__, texts), default=0)


class _Grades(dict[str, int]):
    """What one typed word was graded against: customers of a kind share words."""

    def __init__(self, sought: str) -> None:
        super().__init__()
        self._sought = sought

    def __missing__(self, text: str) -> int:
        if len(self) >= _GRADES_KEPT:
            self.clear()
        found = self[text] = grade(self._sought, text)
        return found


@lru_cache(maxsize=_SOUGHT_KEPT)
def _grades(sought: str) -> _Grades:
    return _Grades(sought)


def _ending(typed: Typed, word: str, term: Term) -> int:
    """How well a typed word fits the end of a number, 0 to 1000."""
    if word not in typed.ends:
        return 0
    end = typed.ends[word]
    found = (_ENDS + _ENDS_SPAN * len(end) // len(text) for text in term.forms.ends if text.startswith(end))
    return max(found, default=0)


def _slipped(sought: str, text: str) -> int:
    allowed = 2 if len(sought) >= _TWO_SLIPS_FROM and not sought.isdigit() else 1
    slips = OSA.distance(sought, text, score_cutoff=allowed)
    if slips == 1:
        return _SWAPPED if len(sought) == len(text) and sorted(sought) == sorted(text) else _SLIP
    if slips <= allowed:
        return _TWO_SLIPS
    if len(sought) >= _BEGINS_FROM and not sought.isdigit() and _may_begin(sought, text):
        ends = range(len(sought) - 1, min(len(sought) + 1, len(text)) + 1)
        if any(OSA.distance(sought, text[:end], score_cutoff=1) <= 1 for end in ends):
            return _BEGINS_WITH_SLIP
    return 0


def _may_begin(sought: str, text: str) -> bool:
    """Whether the text can begin with what is sought but for one slip, which leaves one half or the other as it is."""
    half = len(sought) // 2
    rest = sought[half:]
    return text.startswith(sought[: half - 1]) or text.find(rest, half - 1, half + 1 + len(rest)) >= 0


def _alike(sought: str, text: str) -> int:
    if len(sought) < _ALIKE_FROM or sought.isdigit() or text.isdigit():
        return 0
    mine, theirs = trigrams(sought), trigrams(text)
    if mine.isdisjoint(theirs):
        return 0
    common = len(mine & theirs)
    alike = 1000 * common // (len(mine) + len(theirs) - common)
    return _ALIKE + _ALIKE_SPAN * alike // 1000 if alike >= _LEAST_ALIKE else 0
