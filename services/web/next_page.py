"""Where to go after signing in: a path of this site, or the start page."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

START = "/"
SIGN_IN, SIGN_OUT, CHANGE_PASSWORD, HEALTH = "/sign-in", "/sign-out", "/change-password", "/healthz"
LONGEST = 2000
_OWN = frozenset({SIGN_IN, SIGN_OUT, CHANGE_PASSWORD, HEALTH})


def safe_next(wanted: str | None) -> str:
    """Keep a path of this site and turn anything else into the start page.

    Accepted: one "/" at the start and none after it. Browsers read a backslash as a slash and drop tabs and line
    breaks, so those make it another site's address in disguise.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return START
    if "\\" in wanted or any(ord(sign) <= ord(" ") or sign == "\x7f" for sign in wanted):
        return START
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return START
    if parts.scheme or parts.netloc or parts.path.rstrip("/") in _OWN:
        return START
    return wanted


def sign_in_address(path: str, query: str) -> str:
    """Give the sign-in page's address that leads back to this path and query (both as text, still unquoted path)."""
    wanted = safe_next(quote(path, safe="/:@!$&'()*+,;=~-._") + (f"?{query}" if query else ""))
    return SIGN_IN if wanted == START else f"{SIGN_IN}?next={quote(wanted, safe='/')}"
