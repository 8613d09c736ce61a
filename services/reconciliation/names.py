"""Who paid, judged by name: company names without accents and legal forms, whole or cut off by the bank."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

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
        near = list({pair for edge in _edges(bare) for pair in self._edges.get(edge, ())})
        for pair, likeness in zip(near, _likenesses(given, bare, near), strict=True):
            if likeness >= LIKELY:
                for customer_id in self._names[pair]:
                    found[customer_id] = max(found.get(customer_id, 0), likeness)
        return found


def _likenesses(given: str, bare: str, names: Sequence[tuple[str, str]]) -> list[int]:
    """How alike a name is to each: as sets of words, and letter by letter as far as the bank let the name through.

    All at once, because many customers share a word; 0 for those that are less than likely.
    """
    several = " " in bare
    found = [0.0] * len(names)
    # one word is part of too many names for a set of words to mean anything
    bares = {place: pair[1] for place, pair in enumerate(names) if not several or " " in pair[1]}
    for _, likeness, place in _near(bare, bares, fuzz.token_set_ratio if several else fuzz.ratio):
        found[place] = likeness
    if len(given) >= LEAST_PREFIX:
        cut = {place: pair[0][: len(given)] for place, pair in enumerate(names) if found[place] < 100}  # noqa: PLR2004 - per cent
        for _, likeness, place in _near(given, cut, fuzz.ratio):
            found[place] = max(found[place], likeness)
    return [int(each) for each in found]


def _near(name: str, names: Mapping[int, str], scorer: Callable[..., float]) -> list[tuple[str, float, int]]:
    return process.extract(name, names, scorer=scorer, limit=None, score_cutoff=LIKELY)


def _edges(bare: str) -> Iterator[str]:
    for word in set(bare.split()):
        yield word[:_EDGE]
        if len(word) > _EDGE:
            yield "-" + word[-_EDGE:]
