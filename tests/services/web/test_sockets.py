"""Who connects to a listening socket of ours is answered without Nagle's algorithm."""

from __future__ import annotations

import socket

from services.web.sockets import answer_at_once


def test_who_is_accepted_is_answered_at_once() -> None:
    with (
        socket.socket(socket.AF_INET) as listening,
        socket.socket(socket.AF_INET) as other,
    ):  # as Streamlit opens its own
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        answer_at_once()
        other.connect(listening.getsockname())
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
