"""What differs between installations, read once from the environment into one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """The installation: where the books are, and how the server meets the outside."""

    database_url: str
    read_url: str | None
    timezone: ZoneInfo
    reference_data: Path
    secure_cookies: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the `LEDGERDESK_*` variables; each has a default that serves one machine.

        `LEDGERDESK_READ_URL` may name a PostgreSQL replica for the screens' reads.
        """
        return cls(
            database_url=environment.get("LEDGERDESK_DATABASE_URL")
            or f"sqlite:///{ROOT / 'data' / 'ledgerdesk.sqlite'}",
            read_url=environment.get("LEDGERDESK_READ_URL") or None,
            timezone=ZoneInfo(environment.get("LEDGERDESK_TIMEZONE") or "Australia/Sydney"),
            reference_data=ROOT / "data",
            secure_cookies=environment.get("LEDGERDESK_SECURE_COOKIES") == "1",
        )


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment(os.environ)
