"""One Chromium for all tests of a process: starting it costs more than most of what it shows.

Nobody shares more than the program: every test gets it without a window, everybody in it has a context of their own
(cookies, storage, cache), and all of them are gone at the end of the test.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from portal.access.member import Member
from tests.cast import signed_in

#: Parts of Chromium's own window that every context would start a process for, and nobody here looks at.
UNSEEN = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"]
#: What Playwright turns off itself: Chromium heeds only the last such list.
TURNED_OFF = [
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
]  # fmt: skip
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    f"--disable-features={','.join(TURNED_OFF + UNSEEN)}",
]
#: With PORTAL_SHOTS=<folder> every page that is examined is also kept as a picture, to be looked at by people.
SHOTS = os.environ.get("PORTAL_SHOTS")

#: Nearly all of axe's time goes into the contrast of every text, looked up under every other element at its place, and
#: most of that into rows of a table that are all alike. So contrast is asked of one odd and one even row of a shape
#: (the same elements, the same attributes that style them, text at the same places); all else of every element.
EXAMINE = """async () => {
  const styling = ['class', 'style', 'type', 'disabled', 'checked', 'aria-current', 'aria-disabled', 'data-state'];
  const has_text = one => [...one.childNodes].some(child => child.nodeType === 3 && child.data.trim());
  const look = one => [one.localName, has_text(one), ...styling.map(name => one.getAttribute(name))].join('|');
  const again = [];
  for (const body of document.querySelectorAll('tbody')) {
    const seen = new Set();
    for (const row of body.rows) {
      const shape = [row, ...row.querySelectorAll('*')].map(look).join() + row.sectionRowIndex % 2;
      if (seen.has(shape)) again.push(row);
      seen.add(shape);
    }
  }
  const resultTypes = ['violations'];
  if (again.length === 0) return (await axe.run({resultTypes})).violations;
  const rest = await axe.run({resultTypes, rules: {'color-contrast': {enabled: false}}});
  const contrast = await axe.run({exclude: again}, {resultTypes, runOnly: ['color-contrast']});
  return [...rest.violations, ...contrast.violations];
}"""


class Chromium:
    """The program. Playwright keeps a loop running in this thread: other tests must not find it there."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.tool: Playwright = sync_playwright().start()
        self.loop = asyncio.get_running_loop()
        self.browser: Browser | None = None

    def lend(self) -> Browser:
        """It runs, also when the test before has brought it down, and has no window open."""
        asyncio._set_running_loop(self.loop)
        if self.browser is None or not self.browser.is_connected():
            self.browser = self.tool.chromium.launch(executable_path=self.path, args=FLAGS)
        assert self.browser.contexts == []
        return self.browser

    def take_back(self) -> None:
        """Everything that was opened is closed."""
        if self.browser:
            for context in self.browser.contexts:
                context.close()
        asyncio._set_running_loop(None)

    def end(self) -> None:
        asyncio._set_running_loop(self.loop)
        if self.browser:
            self.browser.close()
        self.tool.stop()


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Chromium]:
    program = Chromium(chromium_path)
    asyncio._set_running_loop(None)
    yield program
    program.end()


@pytest.fixture
def browser(chromium: Chromium, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Chromium without a window."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop running in this thread
    yield chromium.lend()
    connections.close_all()  # this thread's loop had a connection of its own
    chromium.take_back()


def new_context(browser: Browser) -> BrowserContext:
    """Somebody's browser on a screen of 1366 × 768, where nothing glides or fades: no test waits for that."""
    return browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", reduced_motion="reduce")


def let_in(context: BrowserContext, member: Member, url: str) -> None:
    """This member has signed in there."""
    key = signed_in(member).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": url}])


def page_of(browser: Browser, member: Member, url: str) -> Page:
    """A page in a context of its own, the member signed in."""
    context = new_context(browser)
    let_in(context, member, url)
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    return opened


def examine(page: Page, name: str, *, full: bool = False) -> None:
    """Axe finds nothing wrong with the page."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=full)
    if not page.evaluate("Boolean(window.axe)"):  # the document may have been examined before
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(EXAMINE)
    assert [(name, one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
