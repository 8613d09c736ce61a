"""Signing in and out, and choosing a password: forms answered by Starlette, because a screen cannot set a cookie."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from services.access import operations, passwords, queries
from services.access.model import SESSION_COOKIE, Session
from services.db.current import current
from services.errors import InvalidForm
from services.settings import settings
from services.web import markup
from services.web.gate import find_session, utc_now
from services.web.next_page import SIGN_IN, safe_next

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

FORM_COOKIE = "ledgerdesk_form"
LARGEST_FORM = 20_000  # bytes
DOES_NOT_FIT = "The e-mail address and the password do not fit. After five wrong tries, wait fifteen minutes."
FORM_TOO_OLD = "This form had been open for too long or in another window; please try again."

_hashing = CapacityLimiter(2)  # argon2 takes 64 MiB and a core for each: a flood of tries must not take them all


class BadForm(Exception):
    """A posted form is too large or not one of ours."""


async def show_sign_in(request: Request) -> Response:
    """Show the form, or go on to the page wanted when already signed in."""
    wanted = safe_next(request.query_params.get("next"))
    session = await to_thread.run_sync(find_session, request.cookies.get(SESSION_COOKIE), utc_now())
    if session and not session.must_change_password:
        return RedirectResponse(wanted, 303)
    return _with_form(request, lambda token: markup.sign_in_page(form_token=token, next_page=wanted))


async def sign_in(request: Request) -> Response:
    """Check a posted form and open a session; the same sentence whatever did not fit."""
    try:
        form = await _posted(request)
    except BadForm:
        return PlainTextResponse("This is not the sign-in form.", 400)
    email, wanted = form.get("email", ""), safe_next(form.get("next"))

    def again(sentence: str, status: int) -> Response:
        return _with_form(
            request,
            lambda token: markup.sign_in_page(form_token=token, next_page=wanted, email=email, sentence=sentence),
            status,
        )

    if not _is_ours(request, form):
        return again(FORM_TOO_OLD, 403)
    old, ip = request.cookies.get(SESSION_COOKIE), _ip(request)
    token = await to_thread.run_sync(_try_password, email, form.get("password", ""), ip, old, limiter=_hashing)
    return again(DOES_NOT_FIT, 401) if token is None else _signed_in(token, wanted)


async def show_change_password(request: Request) -> Response:
    """Show the form for a new password; the gate has made sure of a session."""
    session = await to_thread.run_sync(find_session, request.cookies.get(SESSION_COOKIE), utc_now())
    return _password_form(request, session, safe_next(request.query_params.get("next")), {})


async def change_password(request: Request) -> Response:
    """Replace the password, end all other sessions and go on with a fresh one."""
    session = await to_thread.run_sync(find_session, request.cookies.get(SESSION_COOKIE), utc_now())
    try:
        form = await _posted(request)
    except BadForm:
        return PlainTextResponse("This is not the password form.", 400)
    wanted = safe_next(form.get("next"))
    if not _is_ours(request, form):
        return _password_form(request, session, wanted, {"current": FORM_TOO_OLD}, 403)
    if form.get("new") != form.get("again"):
        return _password_form(
            request, session, wanted, {"again": "The two new passwords differ; type both again."}, 422
        )
    try:
        token = await to_thread.run_sync(_replace_password, session, form, _ip(request), limiter=_hashing)
    except InvalidForm as invalid:
        return _password_form(request, session, wanted, invalid.fields, 422)
    return RedirectResponse(SIGN_IN, 303) if token is None else _signed_in(token, wanted)


async def show_sign_out(request: Request) -> Response:
    """Sign out at once when one of our own pages linked here; otherwise ask, so that no other site can do it."""
    if request.headers.get("sec-fetch-site") == "same-origin":
        return await _sign_out(request)
    return _with_form(request, lambda token: markup.sign_out_page(form_token=token))


async def sign_out(request: Request) -> Response:
    """End the session of a posted form."""
    try:
        form = await _posted(request)
    except BadForm:
        return PlainTextResponse("This is not the sign-out form.", 400)
    return await _sign_out(request) if _is_ours(request, form) else await show_sign_out(request)


def _try_password(email: str, password: str, ip: str, old: str | None) -> str | None:
    """Look at the password outside of the writing transaction, which others wait for."""
    books = current()
    with books.read() as conn:
        challenge = queries.challenge(conn, email, ip, utc_now())
    matched = not challenge.throttled and passwords.matches(password, challenge.password_hash)
    token = books.act(lambda tx: operations.answer(tx, challenge=challenge, matched=matched, email=email, ip=ip))
    if token and old:
        books.act(lambda tx: operations.sign_out(tx, token=old))
    return token


def _replace_password(session: Session | None, form: dict[str, str], ip: str) -> str | None:
    if session is None:
        return None
    by, typed, new = session.principal, form.get("current", ""), form.get("new", "")
    return current().act(lambda tx: operations.change_password(tx, by=by, current=typed, new=new, ip=ip))


async def _sign_out(request: Request) -> Response:
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        await to_thread.run_sync(lambda: current().act(lambda tx: operations.sign_out(tx, token=token)))
    response = RedirectResponse(SIGN_IN, 303)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=settings().secure_cookies)
    return response


def _password_form(
    request: Request, session: Session | None, wanted: str, wrong: dict[str, str], status: int = 200
) -> Response:
    if session is None:
        return RedirectResponse(SIGN_IN, 303)
    email, forced = session.email, session.must_change_password
    return _with_form(
        request,
        lambda token: markup.change_password_page(
            form_token=token, next_page=wanted, email=email, forced=forced, wrong=wrong
        ),
        status,
    )


def _signed_in(token: str, wanted: str) -> Response:
    response = RedirectResponse(wanted, 303)
    secure = settings().secure_cookies
    response.set_cookie(SESSION_COOKIE, token, path="/", httponly=True, samesite="lax", secure=secure)
    response.delete_cookie(FORM_COOKIE, path="/", httponly=True, samesite="strict", secure=secure)
    return response


def _with_form(request: Request, page: Callable[[str], str], status: int = 200) -> Response:
    """Answer with a form that repeats a random cookie: another site can read neither, so it cannot post one."""
    token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)
    response = HTMLResponse(page(token), status, headers={"cache-control": "no-store"})
    secure = settings().secure_cookies
    response.set_cookie(FORM_COOKIE, token, path="/", httponly=True, samesite="strict", secure=secure)
    return response


def _is_ours(request: Request, form: dict[str, str]) -> bool:
    expected = request.cookies.get(FORM_COOKIE, "")
    return bool(expected) and secrets.compare_digest(expected.encode(), form.get("form", "").encode())


async def _posted(request: Request) -> dict[str, str]:
    """Read a posted form of bounded size; of a field given twice the first counts."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise BadForm
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise BadForm
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as error:
        raise BadForm from error
    return {name: values[0].replace("\0", "") for name, values in fields.items()}


def _ip(request: Request) -> str:
    return request.client.host if request.client else ""
