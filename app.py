"""The server: Streamlit's screens behind the session gate, with sign-in and health beside them.

`streamlit run app.py` and `uvicorn app:app` both find `app`. The script lives in `pages/` on purpose: a folder of that
name beside the main script would be served around the gate.
"""

from __future__ import annotations

import gc
import logging
import pkgutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import streamlit as st
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # protobuf ships none
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import services
from pages._ui.frame import on_script_error
from services.db import migrate
from services.db.current import current
from services.errors import Unavailable
from services.settings import ROOT
from services.web.next_page import SIGN_IN
from services.web.rolling import keep_rolled_up
from services.web.routes import exception_answers, middleware, routes
from services.web.scheduling import keep_on_schedule

if TYPE_CHECKING:
    from starlette.types import Message

_LIBRARIES = ("pandas", "pyarrow.compute", "plotly.graph_objects", "sqlalchemy", "xlsxwriter")
# the command line and the demo company are not for the server
_LEFT_OUT = ("services.__main__", "services.commands", "services.demo")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import everything before the first person comes, then keep it out of every later garbage collection.

    A full one then takes 5 instead of 100 ms, and comes when Python sees cause to, not after each script run
    (decision 0038).
    """
    for name in (*_LIBRARIES, *_rooms()):
        import_module(name)
    gc.collect()
    gc.freeze()
    _refuse_other_books()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keep_rolled_up)
        tasks.start_soon(keep_on_schedule)
        yield
        tasks.cancel_scope.cancel()


def _refuse_other_books() -> None:
    """End the start with a sentence where the books are of another release, rather than every screen with an error."""
    try:
        with current().read() as conn:
            fault = migrate.fault(conn)
    except Unavailable:  # the health page says so, and the books may come back
        return
    if fault:
        sys.exit(fault)


def _rooms() -> list[str]:
    found = (module.name for module in pkgutil.walk_packages(services.__path__, "services."))
    return [name for name in found if not name.startswith(_LEFT_OUT) and ".migrations" not in name]


def is_activity(message: Message) -> bool:
    """Whether a websocket message is a person's doing, and not a fragment that refreshes itself or a heartbeat."""
    sent = BackMsg()
    try:
        sent.ParseFromString(message.get("bytes") or b"")
    except DecodeError:  # Streamlit will refuse such bytes too
        return False
    return not (sent.rerun_script.is_auto_rerun or sent.WhichOneof("type") in {None, "app_heartbeat"})


def farewell() -> bytes:
    """Build the message that makes the browser of an ended session go to the sign-in page."""
    message = ForwardMsg()
    message.auth_redirect.url = SIGN_IN
    return bytes(message.SerializeToString())


logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
logging.getLogger("ledgerdesk").setLevel(logging.INFO)

app = st.App(
    ROOT / "pages" / "main.py",
    routes=routes(),
    middleware=middleware(
        Path(st.__file__).parent / "static" / "index.html", is_activity=is_activity, farewell=farewell()
    ),
    lifespan=lifespan,
    on_script_error=on_script_error,
    exception_handlers=exception_answers(),
)
