"""The session gate: nothing but sign-in and health answers without a session, the websocket and files included."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from services.access import operations, queries
from services.access.model import SESSION_COOKIE, Session, token_key
from services.db.current import current
from services.errors import LedgerdeskError
from services.web.next_page import CHANGE_PASSWORD, HEALTH, SIGN_IN, SIGN_OUT, sign_in_address

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION_ENDED = 4401  # websocket close code: 4000 to 4999 are the application's own
OPEN_PATHS = frozenset(
    {SIGN_IN, HEALTH, *(f"{SIGN_IN}/{file}" for file in ("style.css", "mark.svg", "plex-400.woff2", "plex-600.woff2"))}
)
PASSWORD_PATHS = frozenset({CHANGE_PASSWORD, SIGN_OUT})
_SILENT = frozenset({"/_stcore/health", "/_stcore/host-config"})  # what a forgotten tab asks by itself
_MACHINE_PREFIXES = ("/_stcore/", "/media/", "/static/", "/component/", "/app/static/")
_TOUCH_AFTER = timedelta(seconds=operations.TOUCH_EVERY_SECONDS)

_log = logging.getLogger("ledgerdesk.web")


def utc_now() -> datetime:
    """Give the moment of a request (UTC)."""
    return datetime.now(UTC)


def everything(_message: Message) -> bool:
    """Count every websocket message as a sign of life."""
    return True


def find_session(token: str | None, now: datetime) -> Session | None:
    """Ask the database who a cookie speaks for; blocking, so call it in a thread."""
    if not token:
        return None
    with current().read() as conn:
        return queries.session_for(conn, token, now)


class SessionGate:
    """Pure ASGI middleware in front of the whole application.

    `is_activity` tells a person's websocket message from one a tab sends by itself, which must not keep a session
    alive. `farewell` is sent on a websocket whose session has ended, before it is closed with 4401.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        is_activity: Callable[[Message], bool] = everything,
        farewell: bytes = b"",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Stand in front of `app`."""
        self.app, self.is_activity, self.farewell, self.now = app, is_activity, farewell, now
        self._touching: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, send to the sign-in page, or refuse."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] in OPEN_PATHS):
            await self.app(scope, receive, send)
            return
        token = HTTPConnection(scope).cookies.get(SESSION_COOKIE)
        try:
            session = await to_thread.run_sync(find_session, token, self.now())
        except (LedgerdeskError, SQLAlchemyError):
            _log.exception("the session could not be looked up")
            await _refuse(scope, receive, send, PlainTextResponse("The database does not answer.", 503))
            return
        usable = session and (not session.must_change_password or scope["path"] in PASSWORD_PATHS)
        if not session or not token or not usable:
            await _refuse(scope, receive, send, _way_in(scope, must_change=session is not None))
            return
        if scope["path"] not in _SILENT:
            self._touch(token, session)
        if scope["type"] == "websocket":
            receive, send = self._watch(token, receive, send)
        await self.app(scope, receive, send)

    def _watch(self, token: str, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Ask again before every websocket message: whoever was signed out elsewhere does nothing more here."""
        closed = asyncio.Event()

        async def watched() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            session = await to_thread.run_sync(find_session, token, self.now())
            if session and not session.must_change_password:
                if self.is_activity(message):
                    self._touch(token, session)
                return message
            if self.farewell:
                await send({"type": "websocket.send", "bytes": self.farewell})
            await send({"type": "websocket.close", "code": SESSION_ENDED, "reason": "signed out"})
            closed.set()
            return {"type": "websocket.disconnect", "code": SESSION_ENDED, "reason": "signed out"}

        async def unless_closed(message: Message) -> None:
            if not closed.is_set():  # a script still running has nobody left to tell
                await send(message)

        return watched, unless_closed

    def _touch(self, token: str, session: Session) -> None:
        """Note at most once a minute that the person is there, without making the request wait for the writer."""
        key = token_key(token)
        if self.now() - session.last_seen_at < _TOUCH_AFTER or key in self._touching:
            return
        self._touching.add(key)
        asyncio.get_running_loop().run_in_executor(None, self._touch_now, token, self.now())

    def _touch_now(self, token: str, now: datetime) -> None:
        try:
            current().act(lambda tx: operations.touch(tx, token=token), at=now)
        except (LedgerdeskError, SQLAlchemyError):
            _log.warning("a session could not be touched", exc_info=True)
        finally:
            self._touching.discard(token_key(token))


async def _refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    if scope["type"] == "websocket":  # before it is accepted: the server answers the handshake with 403
        await send({"type": "websocket.close", "code": SESSION_ENDED, "reason": "sign in first"})
        return
    response.headers["cache-control"] = "no-store"
    await response(scope, receive, send)


def _way_in(scope: Scope, *, must_change: bool) -> Response:
    """Send a person who opens a page to the form; tell a script or an image only that it may not."""
    headers = HTTPConnection(scope).headers
    navigates = headers.get("sec-fetch-mode", "navigate") == "navigate" and "text/html" in headers.get("accept", "")
    reads = scope.get("method") in {"GET", "HEAD"} and not scope["path"].startswith(_MACHINE_PREFIXES)
    if not (navigates and reads):
        return PlainTextResponse("Sign in first.", 401)
    back = sign_in_address(scope["path"], scope["query_string"].decode("latin-1"))
    return RedirectResponse(back.replace(SIGN_IN, CHANGE_PASSWORD, 1) if must_change else back, 303)
