"""The processor's customers of a file whose objects wait, because nobody has said whose each of them is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from services.cards.objects import ReadCustomer, id_of
from services.cards.reading import objects_of
from services.cards.tables import processor_customer
from services.cards.told import noun_of, read_all
from services.texts import seen

_OBJECT = "customer"


@dataclass
class Stranger:
    """A customer of the processor's that is nobody of ours yet, and what waits for it in the file.

    `name` and `email` are what the processor calls it: shown while a person decides, never kept and never decided by.
    """

    external_id: str
    name: str = ""
    email: str = ""
    waiting: Counter[str] = field(default_factory=Counter)

    @property
    def words(self) -> str:
        """What waits for it: "2 cards, 1 top-up"; empty where only its customer object does."""
        counted = sorted(self.waiting.items())
        return ", ".join(f"{count:,} {noun if count > 1 else noun[:-1]}" for noun, count in counted)


def strangers_of(conn: Connection, *, content: bytes) -> list[Stranger]:
    """Whom a file names by the processor's id alone and nobody knows, those first for whom most waits.

    Whom an object of the file gives an account id is none of them. Raises `Unreadable` as the import does.
    """
    placed, _ = objects_of(content)
    told = list(read_all(placed, []))
    named = {found.whose.external_id for _, found in told if found.whose.account_id}
    strangers: dict[str, Stranger] = {}
    for one, found in told:
        external_id = found.whose.external_id
        if not external_id or external_id in named:
            continue
        stranger = strangers.setdefault(external_id, Stranger(external_id))
        if isinstance(found, ReadCustomer):
            _called(stranger, one.value)
        else:
            stranger.waiting[noun_of(found)] += 1
            _called(stranger, one.value.get(_OBJECT))
    known = set(conn.execute(select(processor_customer.c.external_id)).scalars()) if strangers else set()
    unknown = [one for one in strangers.values() if one.external_id not in known]
    return sorted(unknown, key=lambda one: (-one.waiting.total(), one.external_id))


def _called(stranger: Stranger, value: Any) -> None:
    """Take the name and e-mail of its own object, alone or expanded in another."""
    if not isinstance(value, dict) or id_of(value) != stranger.external_id:
        return
    name, email = value.get("name"), value.get("email")
    stranger.name = seen(name) if isinstance(name, str) else stranger.name
    stranger.email = seen(email) if isinstance(email, str) else stranger.email
