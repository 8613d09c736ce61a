"""Who paid, judged by name: company names without accents and legal forms, whole or cut off by the bank."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import fuzz

SURE = 90
LIKELY = 75
LEAST_PREFIX = 8  # a shorter name cut off says too little

_LEGAL_FORMS = (
    "PTY LTD LIMITED PTE INC LLC LLP PLC CORP CORPORATION CO COMPANY "
    "GMBH AG KG UG SARL SAS SA SRL BV NV OY AB AS APS KK"
)
_LEGAL = frozenset(_LEGAL_FORMS.split())
_WORDS = re.compile(r"[A-Z0-9]+")
_EDGE = 3  # letters at a word's beginning or end by which names are looked up before they are compared


@lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """Capitals without accents or punctuation, single blanks: "Société d'Exemple" -> "SOCIETE D EXEMPLE"."""
    taken_apart = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    bare = "".join(sign for sign in taken_apart if not unicodedata.combining(sign))
    return " ".join(_WORDS.findall(bare.upper()))


@lru_cache(maxsize=20_000)
def core(name: str) -> str:
    """The plain name without legal forms, which banks cut and people forget."""
    words = plain(name).split()
    return " ".join(word for word in words if word not in _LEGAL) or " ".join(words)


class Payers:
    """Every name a claim may be paid under, searched at once: how alike a payer's name is to each customer's."""

    def __init__(self, names: Iterable[tuple[int, str]]) -> None:
        """Take pairs of customer id and name; one customer may have several."""
        self._names: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for customer_id, name in names:
            if plain(name):
                self._names[plain(name), core(name)].add(customer_id)
        self._edges: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for pair in sorted(self._names):
            for edge in _edges(pair[1]):
                self._edges[edge].append(pair)
        self._found: dict[str, dict[int, int]] = {}

    def alike(self, payer: str) -> dict[int, int]:
        """Customers whose name is at least `LIKELY`, with the likeness 0 to 100; a word must begin or end alike."""
        given = plain(payer)
        if given not in self._found:
            self._found[given] = self._search(given, core(payer)) if given else {}
        return self._found[given]

    def _search(self, given: str, bare: str) -> dict[int, int]:
        found: dict[int, int] = {}
        near = {pair for edge in _edges(bare) for pair in self._edges.get(edge, ())}
        for pair in near:
            likeness = _likeness(given, bare, *pair)
            if likeness >= LIKELY:
                for customer_id in self._names[pair]:
                    found[customer_id] = max(found.get(customer_id, 0), likeness)
        return found


def _likeness(given: str, bare: str, whole: str, whole_bare: str) -> int:
    """How alike two names are: as sets of words, and letter by letter as far as the bank let the name through."""
    several = " " in bare
    # one word is part of too many names for a set of words to mean anything
    if several and " " in whole_bare:
        best = fuzz.token_set_ratio(bare, whole_bare, score_cutoff=LIKELY)
    else:
        best = 0.0 if several else fuzz.ratio(bare, whole_bare, score_cutoff=LIKELY)
    if len(given) >= LEAST_PREFIX and best < 100:  # noqa: PLR2004 - per cent
        best = max(best, fuzz.ratio(given, whole[: len(given)], score_cutoff=LIKELY))
    return int(best)


def _edges(bare: str) -> Iterator[str]:
    for word in set(bare.split()):
        yield word[:_EDGE]
        if len(word) > _EDGE:
            yield "-" + word[-_EDGE:]
