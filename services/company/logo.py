"""The logo at the head of our papers: every version is kept, so that an old paper is drawn again as it was issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from services.access import audit
from services.access.model import Principal, require
from services.company import queries
from services.company.model import CHANGE_LOGO
from services.company.operations import NothingToChange
from services.company.tables import logo_picture, logo_version
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.errors import BrokenInvariant
from services.pictures import Picture, picture_of
from services.texts import checked_reason

_MOST_HELD = 8
_held: dict[str, Picture] = {}  # by digest, so it never grows stale


@dataclass(frozen=True, slots=True)
class LogoVersion:
    """Which logo papers print from a moment on (`sha256`, empty for none), who chose it and why."""

    version: int
    sha256: str
    changed_at: datetime
    changed_by: str
    reason: str


class LogoLost(BrokenInvariant):
    """A paper names a logo that the database does not hold."""


def logo(conn: Connection, sha256: str) -> Picture | None:
    """The picture under that digest, None for an empty one; papers ask again and again, so the last few are held."""
    if not sha256:
        return None
    if (known := _held.get(sha256)) is not None:
        return known
    row = conn.execute(select(logo_picture).where(logo_picture.c.sha256 == sha256)).one_or_none()
    if row is None:
        raise LogoLost(f"no logo {sha256}")
    found = Picture.of(bytes(row.content), row.width, row.height)
    if len(_held) >= _MOST_HELD:
        _held.clear()
    _held[sha256] = found
    return found


def logo_versions(conn: Connection, *, limit: int = 50) -> list[LogoVersion]:
    """The newest versions of the logo, newest first; none where papers never had one."""
    c = logo_version.c
    asked = select(c.version, func.coalesce(c.sha256, ""), c.changed_at, c.changed_by, c.reason)
    return [LogoVersion(*row) for row in conn.execute(asked.order_by(c.version.desc()).limit(limit))]


def change_logo(tx: Transaction, *, by: Principal, file: bytes, reason: str) -> Picture:
    """Print another logo on every paper from now on; `file` is a PNG or JPEG. Papers issued before keep theirs.

    Raises `NotAPicture`, `InvalidForm` (reason), and `NothingToChange` for the present one.
    """
    require(by, CHANGE_LOGO)
    reason = _checked(reason)
    made = picture_of(file)
    wait_for_turn(tx, "logo")
    before = queries.company(tx.conn).logo
    if before == made.sha256:
        raise NothingToChange("This is the present logo; choose another file.")
    kept = select(func.count()).select_from(logo_picture).where(logo_picture.c.sha256 == made.sha256)
    if not tx.conn.execute(kept).scalar_one():
        row = {"sha256": made.sha256, "content": made.content, "width": made.width, "height": made.height}
        tx.conn.execute(insert(logo_picture), row)
    _version(tx, by, before, made.sha256, reason)
    return made


def remove_logo(tx: Transaction, *, by: Principal, reason: str) -> None:
    """Print no logo from now on. Raises `InvalidForm` (reason), and `NothingToChange` where there is none."""
    require(by, CHANGE_LOGO)
    reason = _checked(reason)
    wait_for_turn(tx, "logo")
    before = queries.company(tx.conn).logo
    if not before:
        raise NothingToChange("There is no logo to remove.")
    _version(tx, by, before, "", reason)


def _checked(reason: str) -> str:
    return checked_reason(reason, ask="Say why the logo changes: it is kept in the audit trail.")


def _version(tx: Transaction, by: Principal, before: str, after: str, reason: str) -> None:
    last = tx.conn.execute(select(func.coalesce(func.max(logo_version.c.version), 0))).scalar_one()
    row = {"version": last + 1, "sha256": after or None, "changed_on": tx.today, "changed_at": tx.at}
    row |= {"changed_by_id": by.person_id, "changed_by": by.name, "reason": reason}
    tx.conn.execute(insert(logo_version), row)
    audit.record(
        tx,
        by=by,
        act=CHANGE_LOGO.name,
        subject="company",
        subject_id="logo",
        before={"logo": before or "none"},
        after={"logo": after or "none"},
        reason=reason,
    )
