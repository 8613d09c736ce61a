"""A file of usage as it arrives: a path, bytes or an upload, read as often as needed and told apart by its content."""

from __future__ import annotations

import gzip
import hashlib
import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from services.usage.records import Unreadable

HEAD = 1 << 20  # bytes within which the header of a table must end
_PIECE = 1 << 20
_IN_MEMORY = 32 << 20  # of an upload that cannot be read twice; beyond it a temporary file
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_OTHERS = ((b"PK\x03\x04", "a workbook or a ZIP archive"), (b"%PDF", "a PDF"), (b"\xd0\xcf\x11\xe0", "a workbook"))


class Source:
    """A file that can be opened again and again; `done` says how many of its `size` bytes were read."""

    def __init__(self, file: Path | bytes | BinaryIO) -> None:
        """Take what was given; what cannot be read twice is copied first."""
        self._kept = file
        if not isinstance(file, Path | bytes) and not file.seekable():
            self._kept = _spooled(file)
        self._open: Any = None
        self.sha256, self.size = self._measured()
        with self.opened() as stream:
            self.head = stream.read(HEAD)

    @property
    def done(self) -> int:
        """Bytes read so far of the file last opened."""
        return self.size if self._open is None or self._open.closed else min(int(self._open.tell()), self.size)

    @property
    def is_gzip(self) -> bool:
        """Whether the file is compressed, whatever it is called."""
        return self.head.startswith(_GZIP)

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The file from its first byte, as it is."""
        if isinstance(self._kept, Path):
            with self._kept.open("rb") as stream:
                self._open = stream
                yield stream
            return
        kept = io.BytesIO(self._kept) if isinstance(self._kept, bytes) else self._kept
        kept.seek(0)
        self._open = kept
        yield kept

    @contextmanager
    def unpacked(self) -> Iterator[IO[bytes]]:
        """The file from its first byte, unpacked where it is gzip; raises `Unreadable` when it ends too early."""
        with self.opened() as stream:
            try:
                yield cast(IO[bytes], gzip.GzipFile(fileobj=stream)) if self.is_gzip else stream
            except (EOFError, gzip.BadGzipFile, zlib.error):
                raise Unreadable(broken_gzip()) from None

    def form(self) -> str:
        """One of csv, json, parquet; raises `Unreadable` for anything known to be something else, or empty."""
        if self.head.startswith(_PARQUET):
            return "parquet"
        for magic, what in _OTHERS:
            if self.head.startswith(magic):
                raise Unreadable(f"This is {what}, not a table of usage; save it as CSV.")
        with self.unpacked() as stream:
            start = stream.read(HEAD)
        if not start.strip():
            raise Unreadable("The file is empty; export it again.")
        if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start:
            raise Unreadable("The file is not text in UTF-8; save it as CSV in UTF-8.")
        return "json" if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} else "csv"

    def _measured(self) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with self.opened() as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                size += len(piece)
        return digest.hexdigest(), size


def broken_gzip() -> str:
    """The sentence for a compressed file that does not unpack."""
    return "The compressed file ends too early or is damaged; send it again, whole."


def _spooled(file: BinaryIO) -> BinaryIO:
    kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the import
    while piece := file.read(_PIECE):
        kept.write(piece)
    return kept  # type: ignore[return-value]  # a binary file in all that is used of it
