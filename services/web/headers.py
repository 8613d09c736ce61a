"""Headers that tell the browser what this site may do, and the check that a request comes from this site."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from services.web.next_page import CHANGE_PASSWORD, SIGN_IN, SIGN_OUT

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?")
_FORMS_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_FORM_PATHS = (SIGN_IN, SIGN_OUT, CHANGE_PASSWORD)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_A_YEAR = 31_536_000


def inline_script_hashes(index: Path) -> tuple[str, ...]:
    """Hash every inline script of a page as Content-Security-Policy sources (CSP level 3, 2.3.1)."""
    found = _INLINE_SCRIPT.findall(index.read_text(encoding="utf-8"))
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in found)
    return tuple(f"'sha256-{digest}'" for digest in digests)


def screens_policy(hashes: tuple[str, ...], host: str) -> str:
    """Write the policy of the screens: scripts of this host and the hashed ones only, no eval, nothing from elsewhere.

    'wasm-unsafe-eval' lets those scripts compile WebAssembly, not evaluate text (decision 0005). Streamlit sets styles
    from scripts, hence 'unsafe-inline' for styles alone; `host` names the websocket for browsers whose 'self' does not
    include it.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    parts = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", *hashes, "'wasm-unsafe-eval'")),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self'{sockets}",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


class SecurityHeaders:
    """Pure ASGI middleware that adds the headers to every answer, and keeps files of the books out of caches."""

    def __init__(self, app: ASGIApp, *, index: Path, https: bool = False) -> None:
        """Hash the inline scripts of Streamlit's `index` page once; `https` adds strict transport security."""
        self.app, self.hashes, self.https = app, inline_script_hashes(index), https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; change only the start of an HTTP answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, with_headers)

    def _add(self, scope: Scope, headers: MutableHeaders) -> None:
        headers.update(_ALWAYS)
        own_form = scope["path"].rstrip("/") in _FORM_PATHS
        host = Headers(scope=scope).get("host", "")
        headers["content-security-policy"] = _FORMS_POLICY if own_form else screens_policy(self.hashes, host)
        if scope["path"].startswith("/media/"):
            headers["cache-control"] = "private, no-store"
        if self.https:
            headers["strict-transport-security"] = f"max-age={_A_YEAR}"


class SameOrigin:
    """Pure ASGI middleware that refuses writes and websockets another site's page started.

    `localhost` and `127.0.0.1` are two sites to a browser: a session opened on one is not sent to the other. A proxy in
    front has to pass the Host header on unchanged.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand in front of `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let this site's own requests through, and those of programs, which name no origin."""
        if scope["type"] == "lifespan" or _is_own(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403, "reason": "another site"})
        else:
            await PlainTextResponse("This request came from another site.", 403)(scope, receive, send)


def _is_own(scope: Scope) -> bool:
    if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
        return True
    headers = Headers(scope=scope)
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False
