"""A real browser for the pages of the access room; complaints of the console and of the content policy fail a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import BrowserContext, Page, sync_playwright

from portal.access.member import Member
from tests.cast import signed_in

#: A folder for pictures of every page looked at, to be looked at by people.
SHOTS = os.environ.get("PORTAL_SHOTS")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Desk:
    """One browser on one machine: visit pages, in one or more tabs."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.complaints: list[str] = []
        self.looking = False

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _hear(self, line: Any) -> None:
        if line.type in ("error", "warning") and not self.looking and "status of 4" not in line.text:
            self.complaints.append(line.text)

    def sign_in(self, member: Member) -> None:
        key = signed_in(member).cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": key, "url": self.url}])

    def visit(self, page: Page, path: str) -> Page:
        page.goto(self.url + path)
        return page

    def look(self, page: Page, name: str) -> None:
        """Axe finds nothing wrong; with PORTAL_SHOTS=<folder> there is also a picture."""
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/access-{name}.png")
        self.looking = True  # axe measures with inline styles, to which the policy objects
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        self.looking = False
        assert [(name, v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == []


@contextmanager
def opened(chromium_path: str, url: str) -> Iterator[Desk]:
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium_path, args=FLAGS)
        desk = Desk(browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN"), url)
        yield desk
        browser.close()
        connections.close_all()  # this thread's loop had a connection of its own
    assert desk.complaints == [], "\n".join(desk.complaints)
