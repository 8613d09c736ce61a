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
_LONGEST_RUN = 24  # several words longer than this are looked up with a slip one by one only
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
        self._is_several = typed.words != (typed.whole,)
        self._meant: list[list[int]] = [[] for _ in self._words]
        self._standing: set[str] = set()

    def at(self, stage: Stage) -> set[Record]:
        """The records this stage adds; ask for the stages in their order."""
        found: set[Record] = set()
        each = self._near_words(stage)
        if self._is_several:
            found |= set(index.standing(self._conn, each.pop(0), each=_WHOLE, most=_WHOLE))
        if len(self._words) == 1:
            found |= set(index.standing(self._conn, each[0], each=_OF_EACH, most=_AT_MOST))
        for place, new in enumerate(each):
            self._meant[place] += new
        if len(self._words) > 1:
            found |= self._meeting()
        return found

    def _meeting(self) -> set[Record]:
        """The customers with whom most typed words stand, by way of the two rarest that stand anywhere."""
        counted = index.counts(self._conn, self._meant, most=_MANY)
        order = sorted((count, place) for place, count in enumerate(counted) if count)
        found: set[Record] = set()
        for count, place in order[:2]:
            others = [self._meant[other] for _, other in order if other != place]
            if count <= _RARE:
                found |= self._best_of(place, others)
            elif others:
                first = others[0][:_ASKED_OF_MANY]
                ids = self._meant[place][:_ASKED_OF_MANY]
                found |= set(index.meeting(self._conn, ids, first, looked=_MANY, most=_MET))
        return found

    def _best_of(self, place: int, others: list[list[int]]) -> set[Record]:
        places = index.standing(self._conn, self._meant[place], each=_RARE, most=_RARE)
        customers = sorted({record.customer_id for record in places})
        asked = [set(ids[:_ASKED]) for ids in others]
        met = index.customers_with(self._conn, customers, sorted(set().union(*asked)))
        known = Counter(one for ids in asked for one in {customer_id for word, customer_id in met if word in ids})
        kept = set(sorted(customers, key=lambda customer_id: (-known[customer_id], customer_id))[:_MET])
        return {record for record in places if record.customer_id in kept}

    def _near_words(self, stage: Stage) -> list[list[int]]:
        """The index words that each of what is asked for may stand for, the likeliest first."""
        if stage is Stage.SURE:
            return self._begun()
        if stage is Stage.SLIPPED:
            return self._slipped()
        unlike = {word for word in self._words if is_grammed(word) and word not in self._standing}
        return [_alike(self._conn, word) if own and word in unlike else [] for word, own in self._asked()]

    def _begun(self) -> list[list[int]]:
        ends = self._typed.ends
        starts = [
            [as_key(word), *([word] if own else []), *([as_end(ends[word])] if word in ends else [])]
            for word, own in self._asked()
        ]
        lists = iter(index.beginnings(self._conn, [start for some in starts for start in some], most=_BEGINNINGS))
        begun = [_in_turn([next(lists) for _ in some]) for some in starts]
        if self._is_several:  # of several words those that stand somewhere are meant as they are
            self._standing = {word for (word, own), some in zip(self._asked(), begun, strict=True) if own and some}
        return begun

    def _slipped(self) -> list[list[int]]:
        slips = [
            (word, own, set(edits(word)) - {word} if own or len(word) <= _LONGEST_RUN else set[str]())
            for word, own in self._asked()
        ]
        wanted = [{*map(as_key, some), *(some if own and _may_stand_inside(word) else ())} for word, own, some in slips]
        known = index.known(self._conn, set().union(*wanted))
        near: list[list[int]] = []
        for (word, *_), texts in zip(slips, wanted, strict=True):
            met = sorted(known.keys() & texts, key=lambda text: _likelihood(word, text))
            near.append([known[text] for text in met[:_NEAR]])
        return near

    def _asked(self) -> list[tuple[str, bool]]:
        """Several words run together, as a key only; then each word, which may also be a word of a text."""
        together = [(self._typed.whole, False)] if self._is_several else []
        return [*together, *((word, True) for word in self._words)]


def _in_turn(lists: list[list[int]]) -> list[int]:
    """The first of each, then the second of each: the exact ones come first."""
    return [one for some in zip_longest(*lists) for one in some if one is not None]


def _may_stand_inside(word: str) -> bool:
    return not word.isdigit() and len(word) <= _LONGEST_INNER


def _likelihood(word: str, text: str) -> tuple[bool, str]:
    return (sorted(text.removeprefix("=")) != sorted(word), text)  # two signs swapped first


def _alike(conn: Connection, word: str) -> list[int]:
    grams = gram_numbers(word)
    least = max(2, round(_SHARED_SHARE * len(trigrams(word))))
    if len(word) == _ONE_GRAM:  # found inside a word, not at its beginning, which came first
        grams, least = grams - gram_numbers(word[:-1]), 1
    near: Sequence[tuple[int, str]] = index.sharing(conn, sorted(grams), least=least)
    return [one for one, _ in sorted(near, key=lambda pair: (OSA.distance(word, pair[1]), pair[1]))[:_NEAR]]
