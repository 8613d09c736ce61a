"""Who may be meant: a bounded, ordered choice of records out of the index, to be scored one by one.

Three stages, each asked only while a better answer may be missing: words that are what was typed or begin so; words
one slip away; words that share trigrams. Several typed words meet at the customer, the rarest of them first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from itertools import zip_longest

from rapidfuzz.distance import OSA
from sqlalchemy import Connection

from services.search import index
from services.search.model import Record, as_end, as_key
from services.search.words import COMMON, Typed, edits, gram_numbers, is_grammed, trigrams

_BEGINNINGS = 30
_NEAR = 40
_OF_EACH = 40  # places of one index word
_AT_MOST = 150  # places of one typed word
_WHOLE = 40  # places of everything typed, run together
_RARE = 300  # as many places are looked at one by one
_MANY = 4000
_MET = 40
_ASKED = 12  # index words a further typed word stands for, when words meet
_ASKED_OF_MANY = 3
_LONGEST_INNER = 24  # longer words are whole terms run together
_SHARED_SHARE = 0.4
_ONE_GRAM = 3


class Stage(IntEnum):
    """How far to look."""

    SURE = 0
    SLIPPED = 1
    ALIKE = 2


class Candidates:
    """The search for candidates of one typed text on one view of the books."""

    def __init__(self, conn: Connection, typed: Typed) -> None:
        """Look nothing up yet."""
        self._conn = conn
        self._typed = typed
        told = tuple(word for word in typed.words if word not in COMMON)
        self._words = told or typed.words
        self._meant: list[list[int]] = [[] for _ in self._words]

    def at(self, stage: Stage) -> set[Record]:
        """The records this stage adds; ask for the stages in their order."""
        found: set[Record] = set()
        if self._typed.words != (self._typed.whole,):
            keys = _near_words(self._conn, self._typed, self._typed.whole, stage, keys_only=True)
            found |= set(index.standing(self._conn, keys, each=_WHOLE, most=_WHOLE))
        for place, word in enumerate(self._words):
            new = _near_words(self._conn, self._typed, word, stage, keys_only=False)
            if len(self._words) == 1:
                found |= set(index.standing(self._conn, new, each=_OF_EACH, most=_AT_MOST))
            self._meant[place] += new
        if len(self._words) > 1:
            found |= self._meeting()
        return found

    def _meeting(self) -> set[Record]:
        """The customers with whom most typed words stand, by way of the two rarest that stand anywhere."""
        counts = {place: index.count(self._conn, ids, most=_MANY) for place, ids in enumerate(self._meant) if ids}
        order = sorted((place for place, count in counts.items() if count), key=lambda place: (counts[place], place))
        found: set[Record] = set()
        for place in order[:2]:
            others = [self._meant[other] for other in order if other != place]
            if counts[place] <= _RARE:
                found |= self._best_of(place, others)
            elif others:
                first = others[0][:_ASKED_OF_MANY]
                ids = self._meant[place][:_ASKED_OF_MANY]
                found |= set(index.meeting(self._conn, ids, first, looked=_MANY, most=_MET))
        return found

    def _best_of(self, place: int, others: list[list[int]]) -> set[Record]:
        places = index.standing(self._conn, self._meant[place], each=_RARE, most=_RARE)
        customers = sorted({record.customer_id for record in places})
        known: Counter[int] = Counter()
        for ids in others:
            known.update(index.customers_with(self._conn, customers, ids[:_ASKED]))
        kept = set(sorted(customers, key=lambda customer_id: (-known[customer_id], customer_id))[:_MET])
        return {record for record in places if record.customer_id in kept}


def _near_words(conn: Connection, typed: Typed, word: str, stage: Stage, *, keys_only: bool) -> list[int]:
    """The index words a typed one may stand for, the likeliest first."""
    forms = (as_key(word),) if keys_only else (as_key(word), word)
    if stage is Stage.SURE:
        ends = (as_end(typed.ends[word]),) if word in typed.ends else ()
        lists = (index.beginning(conn, form, most=_BEGINNINGS) for form in (*forms, *ends))
        return [one for some in zip_longest(*lists) for one in some if one is not None]  # the exact ones come first
    if stage is Stage.SLIPPED:
        slips = sorted(set(edits(word)) - {word})
        inner = [] if keys_only or word.isdigit() or len(word) > _LONGEST_INNER else slips
        known = index.known(conn, [*inner, *map(as_key, slips)])
        return [known[text] for text in sorted(known, key=lambda text: _likelihood(word, text))[:_NEAR]]
    return [] if keys_only or not is_grammed(word) else _alike(conn, word)


def _likelihood(word: str, text: str) -> tuple[bool, str]:
    return (sorted(text.removeprefix("=")) != sorted(word), text)  # two signs swapped first


def _alike(conn: Connection, word: str) -> list[int]:
    grams = gram_numbers(word)
    least = max(2, round(_SHARED_SHARE * len(trigrams(word))))
    if len(word) == _ONE_GRAM:  # found inside a word, not at its beginning, which came first
        grams, least = grams - gram_numbers(word[:-1]), 1
    near: Sequence[tuple[int, str]] = index.sharing(conn, sorted(grams), least=least)
    return [one for one, _ in sorted(near, key=lambda pair: (OSA.distance(word, pair[1]), pair[1]))[:_NEAR]]
