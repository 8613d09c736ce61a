"""An imported file as it came, to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from services.banking.model import NoSuchFile
from services.banking.tables import bank_statement_file


@dataclass(frozen=True, slots=True)
class KeptFile:
    """An imported file as it came from the bank."""

    name: str
    content: bytes
    sha256: str


def kept_file(conn: Connection, *, file_id: int) -> KeptFile:
    """The very bytes that were imported, undone or not, with their hash; raises `NoSuchFile`."""
    file = bank_statement_file.c
    row = conn.execute(select(file.name, file.content, file.sha256).where(file.id == file_id)).one_or_none()
    if row is None:
        raise NoSuchFile(f"No imported bank file has the number {file_id}.")
    return KeptFile(row.name, bytes(row.content), row.sha256)
