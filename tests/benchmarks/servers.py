"""Servers to measure: started on a free loopback port, ended with the block."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.harness import ROOT, free_port

READY_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A running server: its address and the id to read its memory by."""

    address: str
    pid: int


@contextmanager
def server(script: str, log: Path, database_url: str | None = None) -> Iterator[Server]:
    """Serve a script as `make run` does."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    environment = (
        os.environ | {"PYTHONPATH": str(ROOT)} | ({"LEDGERDESK_DATABASE_URL": database_url} if database_url else {})
    )
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        ) as running,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/_stcore/health" if database_url is None else f"{address}/healthz", running, log)
            yield Server(address, running.pid)
        finally:
            running.terminate()


def _wait(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and running.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the server did not start:\n{log.read_text()[-4000:]}")
