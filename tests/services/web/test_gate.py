"""The gate over a stand-in application: what answers without a session, and what a session opens."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from services.access import operations, passwords, people
from services.access.model import IDLE, SESSION_COOKIE, SYSTEM, Role
from services.access.tables import person, session
from services.db import current
from services.web.gate import OPEN_PATHS
from services.web.headers import inline_script_hashes, screens_policy
from services.web.next_page import safe_next
from services.web.routes import exception_answers, middleware, routes
from services.web.sign_in import FORM_COOKIE

EMAIL, PASSWORD = "ada@company.example", "correct horse battery"
WRONG = "not that one"
HASHED = passwords.hash_password(PASSWORD)
SITE = "http://testserver"
PAGE = {"accept": "text/html"}
INSIDE = [
    "/",
    "/customers?q=a%26b",
    "/media/a.pdf",
    "/static/js/index.js",
    "/app/static/fonts/x.woff2",
    "/_stcore/health",
]
INSIDE += [
    "/_stcore/host-config",
    "/_stcore/upload_file/s/f",
    "/component/x/index.html",
    "/sign-in/",
    "/sign-in/secret",
]
INSIDE += ["/SIGN-IN", "/change-password", "/healthz/x", "/sign-in/../media/a.pdf", "/_stcore/agent/interact"]


async def inside(_request):
    return PlainTextResponse("inside")


async def echo(websocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_bytes(await websocket.receive_bytes())
    except WebSocketDisconnect:
        await websocket.send_bytes(b"too late")  # what a script still running would do


@pytest.fixture
def index(tmp_path):
    path = tmp_path / "index.html"
    path.write_text("<script>a = 1</script><script type=module src=x></script>")
    return path


@pytest.fixture
def client(sqlite_database, index):
    current.use(sqlite_database)
    app = Starlette(
        routes=[
            *routes(),
            WebSocketRoute("/_stcore/stream", echo),
            Route("/{path:path}", inside, methods=["GET", "PUT", "POST"]),
        ],
        middleware=middleware(index, is_activity=lambda message: message["bytes"] != b"auto", farewell=b"bye"),
        exception_handlers=exception_answers(),
    )
    with TestClient(app, base_url=SITE, follow_redirects=False) as opened:
        yield opened
    current.use(None)


@pytest.fixture
def ada(sqlite_database):
    with sqlite_database.write() as tx:
        row = {"name": "Ada", "email": EMAIL, "role": "admin", "password_hash": HASHED, "created_at": tx.at}
        row |= {"must_change_password": False, "active": True}
        return tx.conn.execute(insert(person).returning(person.c.id), row).scalar_one()


@pytest.fixture
def signed_in(client, sqlite_database, ada):
    with sqlite_database.write() as tx:
        client.cookies.set(SESSION_COOKIE, operations.open_session(tx, person_id=ada, ip=""))
    return client


def form_of(client, path="/sign-in"):
    page = client.get(path, headers=PAGE)
    return {"form": re.search(r'name="form" value="([^"]+)"', page.text)[1]}


def post_sign_in(client, *, next_page="/", password=PASSWORD, **more):
    form = form_of(client) | {"email": EMAIL, "password": password, "next": next_page}
    return client.post("/sign-in", data=form, **more)


@pytest.mark.parametrize("path", INSIDE)
def test_nothing_inside_answers_without_a_session(client, path):
    answer = client.get(path, headers=PAGE)
    assert answer.status_code in {303, 401}
    assert "inside" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_no_method_gets_in_without_a_session(client, method):
    assert client.request(method, "/_stcore/upload_file/a/b").status_code == 401


@pytest.mark.parametrize("path", sorted(OPEN_PATHS))
def test_what_the_sign_in_page_needs_answers_without_a_session(client, path):
    assert client.get(path).status_code == 200


def test_a_websocket_without_a_session_is_refused_before_it_opens(client):
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/_stcore/stream"):
        pass
    assert closed.value.code == 4401


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "é", "' OR 1=1 --"])
def test_a_made_up_cookie_opens_nothing(client, ada, cookie):
    sent = {"cookie": f"{SESSION_COOKIE}={cookie}".encode()}
    assert client.get("/", headers=sent).status_code == 401


def test_a_deep_link_leads_to_the_form_and_back(client, ada):
    away = client.get("/customers?q=a%26b&page=2", headers=PAGE)
    assert away.headers["location"] == "/sign-in?next=/customers%3Fq%3Da%2526b%26page%3D2"
    kept = re.search(r'name="next" value="([^"]+)"', client.get(away.headers["location"]).text)[1].replace("&amp;", "&")
    assert kept == "/customers?q=a%26b&page=2"
    assert post_sign_in(client, next_page=kept).headers["location"] == kept


@pytest.mark.parametrize(
    "wanted",
    [
        *(
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "\\\\evil",
            "javascript:alert(1)",
        ),
        *(
            "/ /evil",
            "",
            None,
            "customers",
            "/sign-out",
            "/sign-in?next=/",
            "/x\r\nset-cookie: a=b",
            "/" * 3000,
            "/\x7f",
        ),
    ],
)
def test_no_link_leads_to_another_site_after_sign_in(client, ada, wanted):
    assert safe_next(wanted) == "/"
    assert post_sign_in(client, next_page=wanted or "").headers["location"] == "/"


def test_a_link_with_another_site_inside_its_query_is_only_a_query():
    assert safe_next("/customers?q=https://evil.example") == "/customers?q=https://evil.example"


def test_signing_in_sets_a_cookie_no_script_reads_and_opens_everything(client, ada):
    answer = post_sign_in(client)
    assert answer.status_code == 303
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/media/a.pdf").text == "inside"
    assert client.get("/sign-in?next=/x", headers=PAGE).headers["location"] == "/x"


def test_a_wrong_password_keeps_the_address_typed_and_says_one_sentence(client, ada):
    answer = post_sign_in(client, password=WRONG)
    assert answer.status_code == 401
    assert EMAIL in answer.text
    assert 'role="alert"' in answer.text
    stranger = client.post("/sign-in", data=form_of(client) | {"email": "no@x.example", "password": "wrong"})
    assert stranger.text.replace("no@x.example", EMAIL) == answer.text.replace('value="/"', 'value="/"')


def test_what_was_typed_is_escaped(client):
    nasty = '"><script>alert(1)</script>'
    answer = client.post("/sign-in", data=form_of(client) | {"email": nasty, "password": "x", "next": f"/{nasty}"})
    assert "<script" not in answer.text


def test_five_wrong_tries_lock(client, ada):
    for _ in range(5):
        post_sign_in(client, password=WRONG)
    assert post_sign_in(client).status_code == 401


@pytest.mark.parametrize("stolen", ["", "x", "é"])
def test_a_form_another_site_made_is_refused(client, ada, stolen):
    form = form_of(client) | {"form": stolen, "email": EMAIL, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 403


def test_a_form_without_its_cookie_is_refused(client, ada):
    form = form_of(client) | {"email": EMAIL, "password": PASSWORD}
    client.cookies.delete(FORM_COOKIE)
    assert client.post("/sign-in", data=form).status_code == 403


@pytest.mark.parametrize("sent", [{"content": b"x" * 30_000}, {"content": b"%ff=%ff&a=\xff"}, {"json": {}}])
def test_what_is_no_form_is_refused(client, sent):
    more = {} if "json" in sent else {"headers": {"content-type": "application/x-www-form-urlencoded"}}
    assert client.post("/sign-in", **sent, **more).status_code == 400


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
def test_another_sites_writes_and_websockets_are_refused(signed_in, headers):
    assert signed_in.put("/_stcore/upload_file/a/b", headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), signed_in.websocket_connect("/_stcore/stream", headers=headers):
        pass


def test_our_own_writes_pass(signed_in):
    headers = {"origin": SITE, "sec-fetch-site": "same-origin"}
    assert signed_in.put("/_stcore/upload_file/a/b", headers=headers).text == "inside"


def test_sign_out_by_form_ends_the_session_and_a_replayed_cookie_opens_nothing(signed_in):
    token = signed_in.cookies[SESSION_COOKIE]
    answer = signed_in.post("/sign-out", data=form_of(signed_in, "/sign-out"))
    assert answer.headers["location"] == "/sign-in"
    assert f'{SESSION_COOKIE}=""; ' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert signed_in.get("/", headers={"cookie": f"{SESSION_COOKIE}={token}"}).status_code == 401


def test_a_link_of_ours_signs_out_at_once_and_a_foreign_one_only_asks(signed_in):
    assert "Sign out?" in signed_in.get("/sign-out", headers={"sec-fetch-site": "cross-site"}).text
    assert signed_in.get("/").text == "inside"
    signed_in.get("/sign-out", headers={"sec-fetch-site": "same-origin"})
    assert signed_in.get("/").status_code == 401


def test_signing_in_again_ends_the_session_before(signed_in, sqlite_database):
    signed_in.get("/sign-out", headers={"sec-fetch-site": "same-origin"})
    post_sign_in(signed_in)
    with sqlite_database.read() as conn:
        assert [row is None for row in conn.execute(select(session.c.ended_at)).scalars()].count(True) == 1


def test_a_one_time_password_leads_to_its_replacement_and_then_on(client, sqlite_database):
    with sqlite_database.write() as tx:
        given = people.create_person(tx, by=SYSTEM, name="Bo", email="bo@x.example", role=Role.SUPPORT)
    form = form_of(client) | {"email": "bo@x.example", "password": given.password, "next": "/x"}
    assert client.post("/sign-in", data=form).headers["location"] == "/x"
    away = client.get("/x", headers=PAGE)
    assert away.headers["location"] == "/change-password?next=/x"
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass
    new = {"current": given.password, "new": "four quiet green hills", "again": "four quiet green hills", "next": "/x"}
    short = client.post("/change-password", data=form_of(client, "/change-password") | new | {"new": "a", "again": "a"})
    assert "at least 12 characters" in short.text
    differ = client.post("/change-password", data=form_of(client, "/change-password") | new | {"again": "b"})
    assert "differ" in differ.text
    done = client.post("/change-password", data=form_of(client, "/change-password") | new)
    assert done.headers["location"] == "/x"
    assert client.get("/x").text == "inside"


def test_changing_the_password_needs_the_forms_token(signed_in):
    new = {"current": PASSWORD, "new": "four quiet green hills", "again": "four quiet green hills"}
    assert signed_in.post("/change-password", data=new).status_code == 403


def test_an_idle_session_opens_nothing(signed_in, sqlite_database):
    with sqlite_database.write() as tx:
        tx.conn.execute(update(session).values(last_seen_at=tx.at - IDLE))
    assert signed_in.get("/").status_code == 401


def seen(database):
    with database.read() as conn:
        return conn.execute(select(session.c.last_seen_at)).scalar_one()


def set_seen(database, ago):
    with database.write() as tx:
        tx.conn.execute(update(session).values(last_seen_at=tx.at - ago))
    return seen(database)


def wait_for(condition):
    for _ in range(100):
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_request_touches_the_session_at_most_once_a_minute(signed_in, sqlite_database):
    before = set_seen(sqlite_database, timedelta(seconds=50))
    signed_in.get("/")
    time.sleep(0.1)
    assert seen(sqlite_database) == before
    set_seen(sqlite_database, timedelta(minutes=5))
    signed_in.get("/")
    assert wait_for(lambda: datetime.now(UTC) - seen(sqlite_database) < timedelta(minutes=1))


def test_what_a_forgotten_tab_sends_by_itself_is_no_sign_of_life(signed_in, sqlite_database):
    with signed_in.websocket_connect("/_stcore/stream") as websocket:
        before = set_seen(sqlite_database, timedelta(minutes=5))
        websocket.send_bytes(b"auto")
        assert websocket.receive_bytes() == b"auto"
        signed_in.get("/_stcore/health")
        time.sleep(0.1)
        assert seen(sqlite_database) == before
        websocket.send_bytes(b"click")
        assert websocket.receive_bytes() == b"click"
        assert wait_for(lambda: seen(sqlite_database) > before)


def test_an_open_websocket_does_nothing_more_once_the_session_ended(signed_in, sqlite_database, ada):
    with signed_in.websocket_connect("/_stcore/stream") as websocket:
        websocket.send_bytes(b"one")
        assert websocket.receive_bytes() == b"one"
        with sqlite_database.write() as tx:
            operations.end_sessions(tx, by=SYSTEM, person_id=ada)
        websocket.send_bytes(b"two")
        assert websocket.receive_bytes() == b"bye"
        with pytest.raises(WebSocketDisconnect) as closed:
            websocket.receive_bytes()
    assert closed.value.code == 4401


def test_health_tells_whether_the_database_answers(client, sqlite_database, tmp_path):
    assert client.get("/healthz").json() == {"status": "ok", "database": "ok"}
    current.use(type(sqlite_database)(f"sqlite:///{tmp_path / 'empty.sqlite'}", timezone=sqlite_database.timezone))
    assert client.get("/healthz").status_code == 503


def test_without_a_database_the_gate_stays_shut(signed_in, sqlite_database, tmp_path):
    current.use(
        type(sqlite_database)(f"sqlite:///{tmp_path / 'no' / 'such.sqlite'}", timezone=sqlite_database.timezone)
    )
    assert signed_in.get("/").status_code == 503
    with pytest.raises(WebSocketDisconnect), signed_in.websocket_connect("/_stcore/stream"):
        pass


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/media/x", "/no"])
def test_every_answer_carries_the_security_headers(signed_in, path):
    headers = signed_in.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "'unsafe-eval'" not in headers["content-security-policy"]


def test_the_screens_policy_allows_exactly_the_inline_scripts_of_the_page(signed_in, index):
    policy = signed_in.get("/").headers["content-security-policy"]
    (digest,) = inline_script_hashes(index)
    assert f"script-src 'self' {digest} 'wasm-unsafe-eval';" in policy
    assert "connect-src 'self' ws://testserver wss://testserver;" in policy


@pytest.mark.parametrize("host", ["evil;script-src *", "a b", "", "a'b"])
def test_a_strange_host_adds_nothing_to_the_policy(host):
    assert "ws:" not in screens_policy((), host)


def test_files_of_the_books_stay_out_of_caches(signed_in):
    assert signed_in.get("/media/x").headers["cache-control"] == "private, no-store"
