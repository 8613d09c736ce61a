"""Who paid, judged by name: company names without accents and legal forms, whole or cut off by the bank."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
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
        pairs = sorted({(customer_id, name) for customer_id, name in names if plain(name)})
        self._customers = [customer_id for customer_id, _ in pairs]
        self._plain = [plain(name) for _, name in pairs]
        self._core = [core(name) for _, name in pairs]
        self._cut: dict[int, list[str]] = {}

    def alike(self, payer: str) -> dict[int, int]:
        """Customers whose name is at least `LIKELY`, with the likeness 0 to 100."""
        given, bare = plain(payer), core(payer)
        found: dict[int, int] = {}
        if not given:
            return found
        # one word is part of too many names for a set of words to mean anything
        scorer = fuzz.token_set_ratio if " " in bare else fuzz.ratio
        for _, likeness, index in process.extract(bare, self._core, scorer=scorer, score_cutoff=LIKELY, limit=None):
            if scorer is fuzz.ratio or " " in self._core[index]:
                self._keep(found, index, likeness)
        if len(given) >= LEAST_PREFIX:
            cut = self._cut.setdefault(len(given), [name[: len(given)] for name in self._plain])
            for _, likeness, index in process.extract(given, cut, scorer=fuzz.ratio, score_cutoff=LIKELY, limit=None):
                self._keep(found, index, likeness)
        return found

    def _keep(self, found: dict[int, int], index: int, likeness: float) -> None:
        customer_id = self._customers[index]
        found[customer_id] = max(found.get(customer_id, 0), int(likeness))
