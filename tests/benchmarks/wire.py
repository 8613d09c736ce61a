"""A browser's half of Streamlit's conversation, reduced to what can be timed: ask for a run, count what comes back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from services.access.model import SESSION_COOKIE

LARGEST = 200 * 2**20


@dataclass(frozen=True)
class Run:
    """One script run as the browser lives it."""

    ms: float
    size: int  # bytes received
    failed: bool


class Tab:
    """One session on a server; closed at the end of the `with` block."""

    def __init__(self, address: str, token: str | None = None) -> None:
        """Connect as the holder of a session token, or as nobody where there is no gate."""
        headers = {"Cookie": f"{SESSION_COOKIE}={token}"} if token else {}
        self._socket: ClientConnection = connect(
            address.replace("http", "ws") + "/_stcore/stream",
            additional_headers=headers,
            subprotocols=[Subprotocol("streamlit")],
            max_size=LARGEST,
            compression=None,
            origin=address,  # type: ignore[arg-type]
        )

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self._socket.close()

    def run(self, page: str = "", query: str = "") -> Run:
        """Run the script for one screen and wait for its end."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        asked.rerun_script.context_info.timezone = "Australia/Sydney"
        started, size, failed = time.perf_counter(), 0, False
        self._socket.send(asked.SerializeToString())
        while True:
            received = self._socket.recv(timeout=120)
            size += len(received)
            message = ForwardMsg()
            message.ParseFromString(received if isinstance(received, bytes) else received.encode())
            kind = message.WhichOneof("type")
            failed |= kind == "page_not_found" or message.delta.new_element.WhichOneof("type") == "exception"
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return Run((time.perf_counter() - started) * 1000, size, failed)
