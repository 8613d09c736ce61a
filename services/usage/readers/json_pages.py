"""What a page of a messaging-history API tells of the pages beside it, so that a part is not taken for the whole."""

from __future__ import annotations

from typing import Any

_THIS, _LAST = "current_page", ("last_page", "total_pages")
_NEXT = frozenset({"next_page_url", "next_page_uri", "next"})
_AROUND = frozenset({"meta", "pagination", "paging", "links"})  # objects that hold the same facts
_MANY = "The file holds {held} of the {last:,} pages of its history: its days may not be whole. Import the others too."
_MORE = "The file says that another page follows it: its days may not be whole. Import that page too."


class Pages:
    """The pages of a file as they are read: `turn` begins one, `tell` takes what stands beside its list."""

    def __init__(self) -> None:
        """Begin before the first page."""
        self._here: dict[str, Any] = {}
        self._held: set[int] = set()
        self._last = 0

    def turn(self) -> None:
        """Begin the next page."""
        self._count()
        self._here = {}

    def forget(self) -> None:
        """Take back what was told: it was a message, not a page of them."""
        self._here = {}

    def tell(self, name: str, value: Any) -> None:
        """Take a fact that stands beside the list of this page."""
        if name in _AROUND and isinstance(value, dict):
            for inner, each in value.items():
                self.tell(inner, each)
        elif name == _THIS or name in _LAST or name in _NEXT:
            self._here[name] = value

    def missing(self) -> list[str]:
        """Say what is not in the file, at its end; nothing where it is whole, or tells nothing of pages."""
        self._count()
        if self._last:
            held = f"page {min(self._held)}" if len(self._held) == 1 else f"{len(self._held):,}"
            return [] if len(self._held) >= self._last else [_MANY.format(held=held, last=self._last)]
        follows = (self._here.get(name) for name in _NEXT)
        return [_MORE] if any(isinstance(link, str) and link for link in follows) else []

    def _count(self) -> None:
        this, last = _whole(self._here.get(_THIS)), max(_whole(self._here.get(name)) for name in _LAST)
        if this and last:
            self._held.add(this)
            self._last = max(self._last, last)


def _whole(value: Any) -> int:
    """A number above zero, written as one or as text; 0 for anything else."""
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0
