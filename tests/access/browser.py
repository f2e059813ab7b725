"""A real browser for the pages of the access room; complaints of the console and of the content policy fail a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from portal.access.member import Member
from tests.chromium import examine, let_in, new_context


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
        let_in(self.context, member, self.url)

    def visit(self, page: Page, path: str) -> Page:
        page.goto(self.url + path)
        return page

    def look(self, page: Page, name: str) -> None:
        """Axe finds nothing wrong."""
        self.looking = True  # axe measures with inline styles, to which the policy objects
        examine(page, f"access-{name}")
        self.looking = False


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Desk]:
    desk = Desk(new_context(browser), url)
    yield desk
    assert desk.complaints == [], "\n".join(desk.complaints)
