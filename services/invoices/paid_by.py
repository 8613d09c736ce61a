"""What paid an invoice at once: a card, as its paper says it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PaidByCard:
    """The card's brand as people write it, its last four digits, and the day it was charged."""

    brand: str
    last_four: str
    on: date

    @property
    def words(self) -> str:
        """As on screen: "Visa ending 4242"."""
        return f"{self.brand} ending {self.last_four}"

    def to_json(self) -> str:
        """As kept on the invoice."""
        kept = {"brand": self.brand, "last_four": self.last_four, "on": self.on.isoformat()}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> PaidByCard | None:
        """Back from `to_json`; None of an invoice that a transfer is to pay."""
        if not text:
            return None
        kept = json.loads(text)
        return cls(kept["brand"], kept["last_four"], date.fromisoformat(kept["on"]))
