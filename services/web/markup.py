"""The three small pages outside Streamlit, as HTML that works without JavaScript; every value is escaped here."""

from __future__ import annotations

from html import escape

from services.web.next_page import CHANGE_PASSWORD, SIGN_IN, SIGN_OUT

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title} · Ledgerdesk</title>
<link rel="icon" href="/sign-in/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/sign-in/style.css">
</head>
<body>
<main>
<p class="brand"><img src="/sign-in/mark.svg" alt="" width="28" height="28"> Ledgerdesk</p>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def sign_in_page(*, form_token: str, next_page: str, email: str = "", sentence: str = "") -> str:
    """Write the sign-in form, with the address typed before and the sentence why it did not work."""
    body = f"""{_alert(sentence)}<form method="post" action="{SIGN_IN}">
{_hidden(form_token, next_page)}{_field("email", "E-mail", "email", "username", value=email, focus=not email)}
{_field("password", "Password", "password", "current-password", focus=bool(email))}
<button type="submit">Sign in</button>
</form>
<p class="note">Forgotten the password? An administrator can give you a one-time password.</p>"""
    return _page("Sign in", body)


def change_password_page(
    *, form_token: str, next_page: str, email: str, forced: bool, wrong: dict[str, str] | None = None
) -> str:
    """Write the form for a new password; `wrong` holds each field's own sentence."""
    wrong = wrong or {}
    why = "You signed in with a one-time password. Choose your own to go on. " if forced else ""
    hidden_name = f'<input type="text" name="username" hidden readonly autocomplete="username" value="{escape(email)}">'
    body = f"""<p class="note">{why}It has at least 12 characters; a few unrelated words are easy to remember.</p>
<form method="post" action="{CHANGE_PASSWORD}">
{_hidden(form_token, next_page)}{hidden_name}
{_field("current", "Current password", "password", "current-password", wrong=wrong.get("current", ""), focus=True)}
{_field("new", "New password", "password", "new-password", wrong=wrong.get("new", ""))}
{_field("again", "New password again", "password", "new-password", wrong=wrong.get("again", ""))}
<button type="submit">Change password</button>
</form>
<p class="note"><a href="{SIGN_OUT}">Sign out</a></p>"""
    return _page("Choose a password", body)


def sign_out_page(*, form_token: str) -> str:
    """Write the small page with the one button that ends the session."""
    body = f"""<form method="post" action="{SIGN_OUT}">
{_hidden(form_token, "/")}<button type="submit">Sign out</button>
</form>
<p class="note"><a href="/">Back to Ledgerdesk</a></p>"""
    return _page("Sign out?", body)


def _page(title: str, body: str) -> str:
    return _PAGE.format(title=escape(title), body=body)


def _hidden(form_token: str, next_page: str) -> str:
    fields = {"form": form_token, "next": next_page}
    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">\n' for name, value in fields.items())


def _alert(sentence: str) -> str:
    return f'<p class="wrong" role="alert">{escape(sentence)}</p>\n' if sentence else ""


def _field(
    name: str, label: str, kind: str, autocomplete: str, *, value: str = "", wrong: str = "", focus: bool = False
) -> str:
    described = f' aria-invalid="true" aria-describedby="{name}-wrong"' if wrong else ""
    message = f'\n<p class="wrong" id="{name}-wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    return (
        f'<label for="{name}">{escape(label)}</label>\n<input id="{name}" name="{name}" type="{kind}" '
        f'autocomplete="{autocomplete}" value="{escape(value)}" required maxlength="320"{described}'
        f"{' autofocus' if focus else ''}>{message}"
    )
