"""A throw-away PostgreSQL server for tests: the one named in the environment, or one started here from its programs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=128MB -c max_connections=200"


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, newest version first, or None."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return folders[0].parent if folders else None


@contextmanager
def find_server() -> Iterator[str | None]:
    """Give the address of a server ("postgresql://...", no database name), or None where there is none."""
    if given := os.environ.get("LEDGERDESK_TEST_POSTGRES"):
        yield given.rstrip("/")
        return
    if (folder := programs()) is None:
        yield None
        return
    with started(folder) as url:
        yield url


@contextmanager
def started(folder: Path, *, options: str = _FAST) -> Iterator[str]:
    """Start a server on a free loopback port in a temporary folder; stop and remove it afterwards."""
    base = Path(tempfile.mkdtemp(prefix="ledgerdesk-pg-"))
    as_user = {"user": "postgres"} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(base, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = base / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run([folder / program, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=base, **as_user)

    run("initdb", "-D", str(data), "-U", "ledgerdesk", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    socket_option = f"-p {port} -k {base} -c listen_addresses=127.0.0.1 {options}"
    run("pg_ctl", "-D", str(data), "-l", str(base / "log"), "-o", socket_option, "-w", "start")
    try:
        yield f"postgresql://ledgerdesk@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(base, ignore_errors=True)
