"""The real application in a fresh process: every deep link meets the gate, and Streamlit answers behind it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvloop
from sqlalchemy import update
from streamlit.web import bootstrap

from services.access import operations, people
from services.access.model import SESSION_COOKIE, SYSTEM, Role
from services.access.tables import person
from services.settings import ROOT
from tests.browser.harness import free_port

SCRIPT = """
import sys
from starlette.testclient import TestClient
from app import app, is_activity, farewell
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from starlette.websockets import WebSocketDisconnect
client = TestClient(app, follow_redirects=False)
with client:
    paths = ["/", "/billing/invoices", "/invoices?x=1", "/main", "/_ui/frame", "/static/js/x.js"]
    paths += ["/_stcore/health", "/media/x"]
    closed = [client.get(path, headers={"accept": "text/html"}).status_code for path in paths]
    try:
        client.websocket_connect("/_stcore/stream").__enter__()
        closed.append("open")
    except WebSocketDisconnect as error:
        closed.append(error.code)
    client.cookies.set(sys.argv[1], sys.argv[2])
    opened = [client.get(path).status_code for path in ("/", "/_stcore/health", "/billing/invoices")]
    page = client.get("/")
    policy = page.headers["content-security-policy"]
auto = BackMsg(); auto.rerun_script.is_auto_rerun = True
click = BackMsg(); click.rerun_script.query_string = "a"
beat = BackMsg(app_heartbeat=True)
signs = [is_activity({"bytes": one.SerializeToString()}) for one in (auto, click, beat)]
signs.append(is_activity({"bytes": b"\\xff"}))
said = ForwardMsg.FromString(farewell()).auth_redirect.url
print(closed, opened, signs, said, policy.count("sha256-"), page.text.count("<script>"), sep="|")
"""


@pytest.fixture
def token(sqlite_database):
    with sqlite_database.write() as tx:
        given = people.create_person(tx, by=SYSTEM, name="Bo", email="bo@x.example", role=Role.ADMIN)
        tx.conn.execute(update(person).values(must_change_password=False))
        return operations.open_session(tx, person_id=given.person_id, ip="")


def test_a_fresh_process_lets_nobody_past_the_gate_and_a_session_through(sqlite_database, token):
    environment = os.environ | {"LEDGERDESK_DATABASE_URL": str(sqlite_database.url)}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, SESSION_COOKIE, token],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    closed, opened, signs, said, hashes, scripts = ran.stdout.strip().splitlines()[-1].split("|")
    assert closed == str([303, 303, 303, 303, 303, 401, 401, 401, 4401])
    assert opened == str([200, 200, 200])
    assert signs == str([False, True, False, False])
    assert said == "/sign-in"
    assert hashes == scripts


def test_no_pages_folder_stands_beside_the_script():
    assert not (ROOT / "pages" / "pages").exists()


def test_streamlit_takes_the_loop_that_answers_at_once() -> None:
    assert bootstrap._get_uvloop_loop_factory() is uvloop.new_event_loop
    with ThreadPoolExecutor(1) as elsewhere:  # a browser driven by a test before keeps a loop running in this thread
        assert elsewhere.submit(_runs_on_uvloop).result()


def _runs_on_uvloop() -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_no_delay_of_who_is_accepted())


async def _no_delay_of_who_is_accepted() -> int:
    """The option of a connection accepted by a socket opened as Streamlit opens its own, without naming TCP."""
    loop = asyncio.get_running_loop()
    accepted: asyncio.Future[socket.socket] = loop.create_future()

    class Answering(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.set_result(transport.get_extra_info("socket"))

    listening = socket.socket(socket.AF_INET)
    listening.bind(("127.0.0.1", 0))
    async with await loop.create_server(Answering, sock=listening):
        there, _ = await loop.create_connection(asyncio.Protocol, *listening.getsockname())
        there.close()
        return (await accepted).getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_books_of_another_release_are_refused_at_the_start(sqlite_database) -> None:
    with sqlite_database.write() as tx:
        tx.conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    ran = subprocess.run(
        [sys.executable, "-m", "uvicorn", "app:app", "--port", str(free_port())],
        cwd=ROOT,
        env=os.environ | {"LEDGERDESK_DATABASE_URL": str(sqlite_database.url)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode
    assert "of an earlier release; bring them up to date with: python -m services init" in ran.stderr
