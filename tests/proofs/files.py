"""The proof of the bank readers: files of every format damaged at random are read or refused, and never do harm."""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

from services.banking.dry_run import as_dry_run_json
from services.banking.readers import read_statement
from services.errors import Refused

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
FILES = 100_000
SLOWEST = 2.0  # seconds a reader may take over one damaged file
MOST_MEMORY = 500 * 1024 * 1024  # bytes it may add to the process

_PIECES = (
    b":61:", b":86:", b":20:A\n", b"-\n", b"-}{4:", b"\0", b"<Ntry>", b"</Ntry>", b"<TxDtls/>", b"&x;", b"&#0;",
    b"9" * 400, b",", b"<!--", b"<![CDATA[", b"]]>", b'<!DOCTYPE a [<!ENTITY x "y">]>', b"<STMTTRN>", b"</OFX>",
    b"<OFX>", b"88,", b"16,195,1,,,,x/\n", b"/\n", b'"', b";", b"^\n", b"!Type:Bank\n", b"\xff\xfe",
    b"\xef\xbb\xbf", b"PK\x03\x04", b"1,234.56", b"-0", b"\r", b"sep=;\n",
)  # fmt: skip


def damaged_bank_files(share: float) -> str:
    """Bank files damaged at random are read or refused with a sentence; nothing else, never slowly, never in bulk."""
    count = max(1, round(FILES * share))
    chance = random.Random(940)  # noqa: S311 - damage, not secrets
    whole = [
        path.read_bytes()
        for folder in ("banks", "banks_own")
        for path in sorted((GOLDEN / folder).iterdir())
        if path.is_file() and path.suffix not in {".json", ".md"}
    ]
    read, refused, slowest, before = 0, 0, 0.0, _most_memory()
    for _ in range(count):
        content = damaged(chance.choice(whole), chance)
        started = time.process_time()
        try:
            as_dry_run_json(read_statement(content))
            read += 1
        except Refused:
            refused += 1
        slowest = max(slowest, time.process_time() - started)
    grown = _most_memory() - before
    assert slowest < SLOWEST
    assert grown < MOST_MEMORY
    assert min(read, refused) > count // 20  # some damage shows, some only changes a text
    said = f"{count:,} damaged files: {read:,} still readable, {refused:,} refused, slowest {slowest:.2f} s"
    return f"{said}, {grown >> 20} MiB of memory"


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The file with a few bytes changed, a piece cut out, repeated or moved, a word put in, or its end lost."""
    kept = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(max(1, len(kept)))
        piece = kept[start : start + chance.choice([1, 2, 10, 60, 200])]
        match chance.randrange(7):
            case 0:
                kept[start : start + 1] = bytes([chance.randrange(256)])
            case 1:
                del kept[start : start + len(piece)]
            case 2:
                kept[start:start] = piece * chance.choice([1, 1, 2, 50])
            case 3:
                place = chance.randrange(max(1, len(kept)))
                kept[place:place] = piece
            case 4:
                kept[start:start] = chance.choice(_PIECES)
            case 5:
                kept[start:start] = chance.randbytes(len(piece))
            case _:
                del kept[max(1, start) :]
    return bytes(kept)


def _most_memory() -> int:
    """The most memory this process has held so far, in bytes."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else held * 1024
