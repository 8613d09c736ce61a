"""What leaves the server leaves at once: small answers do not wait for the browser to acknowledge the one before."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

_DESCRIPTORS = Path("/dev/fd")  # this process's own, on Linux and macOS


def answer_at_once() -> None:
    """Turn Nagle's algorithm off for whoever connects to a listening socket of this process (RFC 9293, 3.7.4).

    asyncio does so itself only where a socket was opened as "TCP"; Streamlit opens its own as "whatever streams", and
    every run of a screen then waits up to 40 ms for a delayed acknowledgement.
    """
    for each in _DESCRIPTORS.iterdir() if _DESCRIPTORS.is_dir() else ():
        number = int(each.name)
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as found:
                listens = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
                if listens and found.family in {socket.AF_INET, socket.AF_INET6}:
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # who is accepted inherits it
        except OSError:  # closed since it was listed
            continue
