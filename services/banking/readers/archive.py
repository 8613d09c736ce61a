"""What comes packed: the members of a ZIP within limits on number and size, whatever its directory claims."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from services.banking.model import Unreadable

MOST_MEMBERS = 60
LARGEST_UNPACKED = 50 * 1024 * 1024

_PIECE = 1 << 16
_AFTER_ALL = (  # what the library raises over damage; a name that is empty is an IndexError to it
    zipfile.BadZipFile, zlib.error, struct.error, LookupError, RuntimeError, ValueError, ArithmeticError, OSError,
    EOFError,
)  # fmt: skip


def members(content: bytes, *, most: int = MOST_MEMBERS) -> Iterator[tuple[str, bytes]]:
    """The name and content of each file in the archive; raises `Unreadable` for one damaged, locked or too large.

    What is unpacked is counted as it comes, so that a small archive cannot grow without end.
    """
    left = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = [each for each in archive.infolist() if not each.is_dir()]
            if len(found) > most:
                raise Unreadable(f"The archive holds more than {most} files; pack fewer together.")
            for each in found:
                if each.flag_bits & 1:
                    raise Unreadable(f"“{each.filename[:60]}” is locked with a password; unpack it first.")
                with archive.open(each) as member:
                    pieces: list[bytes] = []
                    while piece := member.read(_PIECE):
                        left -= len(piece)
                        if left < 0:
                            raise Unreadable("The archive unpacks to more than 50 MB; pack fewer statements together.")
                        pieces.append(piece)
                yield each.filename, b"".join(pieces)
    except _AFTER_ALL as error:
        raise Unreadable("The archive is damaged; download it again.") from error
