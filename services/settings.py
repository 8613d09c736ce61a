"""What differs between installations, read once from the environment into one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from services.errors import Refused

ROOT = Path(__file__).resolve().parent.parent
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class WrongSetting(Refused):
    """A variable of the environment holds something that cannot be used."""


class TransportSecurity(StrEnum):
    """How the connection to the mail server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail; `timeout` in seconds a step, `bounces_to` the domain mail comes back to."""

    host: str
    port: int
    security: TransportSecurity = TransportSecurity.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    bounces_to: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> MailServer | None:
        """Read `LEDGERDESK_SMTP_*`; None without a host, then nothing leaves. Raises `WrongSetting`."""
        host = environment.get("LEDGERDESK_SMTP_HOST", "").strip()
        if not host:
            return None
        named = environment.get("LEDGERDESK_SMTP_SECURITY") or TransportSecurity.STARTTLS.value
        if named not in _PORTS:
            raise WrongSetting(f"LEDGERDESK_SMTP_SECURITY is “{named}”; write starttls, tls or none.")
        port = environment.get("LEDGERDESK_SMTP_PORT") or str(_PORTS[named])
        if not port.isascii() or not port.isdecimal():
            raise WrongSetting(f"LEDGERDESK_SMTP_PORT is “{port}”; write a number, such as 587.")
        password = environment.get("LEDGERDESK_SMTP_PASSWORD", "")
        if password and named == TransportSecurity.NONE:
            raise WrongSetting("A mail password would go over the line unencrypted; set LEDGERDESK_SMTP_SECURITY.")
        return cls(
            host=host,
            port=int(port),
            security=TransportSecurity(named),
            user=environment.get("LEDGERDESK_SMTP_USER", ""),
            password=password,
            bounces_to=environment.get("LEDGERDESK_SMTP_BOUNCES_TO", ""),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """The installation: where the books are, and how the server meets the outside."""

    database_url: str
    read_url: str | None
    timezone: ZoneInfo
    reference_data: Path
    secure_cookies: bool
    mail_server: MailServer | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the `LEDGERDESK_*` variables; each has a default that serves one machine.

        `LEDGERDESK_READ_URL` may name a PostgreSQL replica for the screens' reads. Without `LEDGERDESK_SMTP_HOST` no
        mail leaves. Raises `WrongSetting`.
        """
        return cls(
            database_url=environment.get("LEDGERDESK_DATABASE_URL")
            or f"sqlite:///{ROOT / 'data' / 'ledgerdesk.sqlite'}",
            read_url=environment.get("LEDGERDESK_READ_URL") or None,
            timezone=ZoneInfo(environment.get("LEDGERDESK_TIMEZONE") or "Australia/Sydney"),
            reference_data=ROOT / "data",
            secure_cookies=environment.get("LEDGERDESK_SECURE_COOKIES") == "1",
            mail_server=MailServer.from_environment(environment),
        )


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment(os.environ)
