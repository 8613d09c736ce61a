"""The routes beside Streamlit's own, and the middleware in front of both, outermost first."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware import Middleware
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from services.errors import Unavailable
from services.settings import ROOT, settings
from services.web import sign_in
from services.web.gate import SessionGate, everything
from services.web.headers import SameOrigin, SecurityHeaders
from services.web.health import health
from services.web.next_page import CHANGE_PASSWORD, HEALTH, SIGN_IN, SIGN_OUT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import Message

_STATIC = ROOT / "pages" / "static"
_FILES = {
    "style.css": Path(__file__).with_name("sign_in.css"),
    "mark.svg": _STATIC / "mark.svg",
    "plex-400.woff2": _STATIC / "fonts" / "ibm-plex-sans-latin-400-normal.woff2",
    "plex-600.woff2": _STATIC / "fonts" / "ibm-plex-sans-latin-600-normal.woff2",
}


async def _file(request: Request) -> Response:
    path = _FILES.get(request.path_params["name"])
    if path is None or not path.is_file():
        return Response(status_code=404)
    return FileResponse(path, headers={"cache-control": "public, max-age=3600"})


def routes() -> list[BaseRoute]:
    """Give the pages outside Streamlit."""
    return [
        Route(SIGN_IN, sign_in.show_sign_in, methods=["GET"]),
        Route(SIGN_IN, sign_in.sign_in, methods=["POST"]),
        Route(f"{SIGN_IN}/{{name}}", _file, methods=["GET"]),
        Route(CHANGE_PASSWORD, sign_in.show_change_password, methods=["GET"]),
        Route(CHANGE_PASSWORD, sign_in.change_password, methods=["POST"]),
        Route(SIGN_OUT, sign_in.show_sign_out, methods=["GET"]),
        Route(SIGN_OUT, sign_in.sign_out, methods=["POST"]),
        Route(HEALTH, health, methods=["GET"]),
    ]


async def _unavailable(_request: Request, error: Exception) -> Response:
    logging.getLogger("ledgerdesk.web").error("the database does not answer", exc_info=error)
    return PlainTextResponse("The database does not answer; try again in a moment.", 503)


def exception_answers() -> dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
    """Give the answers to what may go wrong outside of the screens."""
    return {Unavailable: _unavailable, SQLAlchemyError: _unavailable}


def middleware(
    index: Path, *, is_activity: Callable[[Message], bool] = everything, farewell: bytes = b""
) -> list[Middleware]:
    """Give what stands in front: `index` is the page whose inline scripts the policy allows; see `SessionGate`."""
    return [
        Middleware(SecurityHeaders, index=index, https=settings().secure_cookies),
        Middleware(SameOrigin),
        Middleware(SessionGate, is_activity=is_activity, farewell=farewell),
    ]
