"""The column contract of a usage file: what each column is called, what must be there, what is never kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.usage.records import CustomerMissing, Unreadable

# Our name of a column, and the names other systems give it; `docs/usage-files.md` describes each.
ALIASES: dict[str, tuple[str, ...]] = {
    "external_id": ("message_id",),
    "customer": ("username", "account_id", "account"),
    "sub_account": ("subaccount", "subaccount_id", "custom_string"),
    "product": ("channel",),
    "direction": (),
    "sent_at": ("date", "timestamp"),
    "country": ("country_code",),
    "quantity": ("messages",),
    "parts": ("message_parts",),
    "unit_price": (),
    "price": ("message_price", "cost"),
    "carrier_fee": (),
    "currency": (),
    "status": (),
    "own_number": (),
    "recipient": ("to",),
}
REQUIRED = ("external_id", "customer", "product", "sent_at", "country", "price", "currency")
MOST_COLUMNS = 500
_BODIES = frozenset({"body", "message", "text", "content", "message_body"})
_SHOWN = 12  # of the ignored columns, by name


def plain(header: str) -> str:
    """A header as the contract writes it: "Sent at" is sent_at."""
    return "_".join(header.strip().strip("\ufeff").lower().replace("-", " ").split())


def chosen(headers: Sequence[str], *, customer_given: bool) -> dict[str, int]:
    """The place of each column of the contract that a table has; the first of its names wins over later ones.

    Raises `Unreadable` for too many columns, one named twice, or one missing that must be there; `customer_given`:
    whoever imports said whose file it is.
    """
    if len(headers) > MOST_COLUMNS:
        raise Unreadable(
            f"The file has {len(headers):,} columns, but a usage file has at most {MOST_COLUMNS}; check its commas."
        )
    names = [plain(header) for header in headers]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Unreadable(f"The column “{twice[0]}” is there twice; keep one of them.")
    found: dict[str, int] = {}
    for name, aliases in ALIASES.items():
        places = [names.index(each) for each in (name, *aliases) if each in names]
        if places:
            found[name] = places[0]
    needed = [name for name in REQUIRED if name not in found and not (name == "customer" and customer_given)]
    if len(needed) == len(REQUIRED):
        raise Unreadable(f"The first row holds none of the columns of a usage file ({', '.join(REQUIRED)}); add it.")
    if needed:
        missing = CustomerMissing if needed == ["customer"] else Unreadable
        raise missing(f"The file has no column {' or '.join(f'“{name}”' for name in needed)}; add it and import again.")
    return found


def as_written(headers: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """What the file calls each column of the contract that it has."""
    return {name: headers[place].strip().strip("\ufeff") for name, place in places.items()}


def ignored_note(headers: Sequence[str], used: Sequence[int]) -> tuple[str, ...]:
    """One sentence that names the columns an import did not read."""
    left = [plain(header) or "(no name)" for place, header in enumerate(headers) if place not in set(used)]
    if not left:
        return ()
    more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
    never = " What a message says is never stored." if _BODIES & set(left) else ""
    return (f"Ignored columns: {', '.join(left[:_SHOWN])}{more}.{never}",)
