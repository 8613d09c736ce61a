"""A real server on a small company, and a real Chromium that notes everything it should not see."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as TooLate

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
READY_SECONDS = 60
SETTLE_MS = 60_000
PRESSED = 3
PRESSED_MS = 10_000
# By design: Streamlit asks below the page's own path first on a deep link (404), a wrong password is answered 401.
EXPECTED = ("_stcore/health", "_stcore/host-config", "/sign-in")
NO_BROWSER = "no Chromium found: install chromium, or set LEDGERDESK_CHROMIUM"

_DRAWN = """() => {
  const elements = [...document.querySelectorAll("[data-testid=stDataFrame]")];
  return !document.querySelector("[data-testid=stSkeleton]")
    && elements.every((element) => element.querySelector("[id^=glide-cell-]"));
}"""
# What a run sent stands on the page up to 100 ms before React has tied keys to it, and one in twelve keys pressed at
# once is lost; the ties are made when the page has nothing left to do.
_IDLE = """() => new Promise((done) => {
  const idle = (then) => requestIdleCallback(then, {timeout: 10_000});
  idle(() => idle(done));
})"""
_SEEN = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  return [`script ${app?.dataset.testScriptState}, connection ${app?.dataset.testConnectionState}`,
    document.body.innerText.replace(/\\s*\\n\\s*/g, " / ")];
}"""
_WATCH_POLICY = """
window.__violations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.__violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""


def chromium() -> str | None:
    """The program of a Chromium, or None."""
    return os.environ.get("LEDGERDESK_CHROMIUM") or next(
        (found for name in NAMES if (found := shutil.which(name))), None
    )


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(database_url: str, log: Path) -> Iterator[str]:
    """Run the app as `make run` does, on these books; give its address once it says that it is healthy."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"LEDGERDESK_DATABASE_URL": database_url}
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        ) as server,
    ):
        try:
            _wait(address, server, log)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not become healthy:\n{log.read_text()[-4000:]}")


@dataclass
class Visit:
    """One person's tab, and what it must never show: `complaints` is empty at the end of every journey."""

    address: str
    context: BrowserContext
    page: Page
    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, address: str, context: BrowserContext) -> Visit:
        """Open a tab whose console, requests and policy violations are watched from the start."""
        context.add_init_script(_WATCH_POLICY)
        visit = cls(address, context, context.new_page())
        visit.page.set_default_timeout(SETTLE_MS)
        if slowed := os.environ.get("LEDGERDESK_BROWSER_SLOWED"):  # how many times slower the browser thinks
            context.new_cdp_session(visit.page).send("Emulation.setCPUThrottlingRate", {"rate": float(slowed)})
        visit.page.on("console", visit._heard)
        visit.page.on("pageerror", lambda error: visit.console.append(str(error)))
        context.on("request", visit._asked)
        return visit

    def _heard(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not any(part in where for part in EXPECTED):
            self.console.append(f"{message.text} ({where})")

    def _asked(self, request: Request) -> None:
        own = (self.address, self.address.replace("http", "ws"), "data:", "blob:", "about:")
        if not request.url.startswith(own):
            self.foreign.append(request.url)

    @property
    def complaints(self) -> list[str]:
        """Errors in the console, requests to another host, and breaches of the content security policy."""
        violations = sorted(set(self.page.evaluate("window.__violations || []")))
        return [*self.console, *(f"foreign: {url}" for url in self.foreign), *(f"policy: {one}" for one in violations)]

    def go(self, path: str = "/") -> Page:
        """Open a screen by its address and wait until it stands."""
        self.page.goto(self.address + path)
        return self.settle()

    def settle(self) -> Page:
        """Wait until the script has run to its end and the page answers to keys and clicks."""
        running = self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
        running.wait_for(timeout=SETTLE_MS)
        self.page.wait_for_timeout(150)  # a click's run starts a moment after the click
        running.wait_for(timeout=SETTLE_MS)
        self.page.evaluate(_IDLE)
        return self.page

    def drawn(self) -> Page:
        """Wait until what the run sent is on the page: tables are loaded and drawn a moment after the script's end."""
        self.page.wait_for_function(_DRAWN, timeout=SETTLE_MS)
        return self.page

    def press(self, key: str, until: Locator) -> None:
        """Press a key until what it leads to stands there: as a person does, again when nothing comes of it."""
        for _ in range(PRESSED):
            self.settle()
            self.page.keyboard.press(key)
            try:
                until.wait_for(timeout=PRESSED_MS)
            except TooLate:
                warnings.warn(f"{key} did nothing in {PRESSED_MS / 1000:g} s and is pressed again", stacklevel=2)
            else:
                return
        raise AssertionError(f"{key} was pressed {PRESSED} times and nothing came of it")

    def pick(self, table: Locator) -> Page:
        """Pick the first row of a table once it is drawn."""
        table.wait_for()
        self.settle()
        self.drawn()
        table.click(position={"x": 15, "y": 52})
        return self.settle()

    def said(self) -> str:
        """What the tab shows and complained of, for the report of a test that failed."""
        try:
            seen = self.page.evaluate(_SEEN)
        except PlaywrightError as error:  # a tab that hangs or is closed is worth a line, never a second failure
            seen = [str(error)]
        return "\n".join([self.page.url, *self.console, *self.foreign, *seen])
