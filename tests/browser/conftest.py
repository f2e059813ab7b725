"""A whole portal for a browser: live pages here, a real worker process, the sandbox process, Chromium."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.channels.models import Channel
from portal.gateway.channels.seed import seed_channels
from portal.gateway.sandbox.control import Sandbox
from tests.cast import PASSWORD
from tests.chromium import examine, new_context
from tests.worker_nursery import Nursery


@dataclass
class Person:
    """Somebody at a screen of 1366 × 768."""

    page: Page
    url: str
    complaints: list[str]
    examining: bool = False

    def sign_in(self, username: str) -> "Person":
        self.page.goto(self.url + reverse("access:sign-in"))
        self.page.get_by_label("用户名", exact=True).fill(username)
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("heading", name="工作台")).to_be_visible()
        return self

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def confirm(self, button: str, *says: str) -> None:
        """The dialog names what will happen; agree."""
        dialog = self.page.get_by_role("dialog", name=button)
        for words in says:
            expect(dialog).to_contain_text(words)
        dialog.get_by_role("button", name=button).click()

    def waits_for(self, words: str, *, seconds: int = 60) -> None:
        """Reload until the page says so, as an impatient person does."""
        said = self.page.get_by_text(words).first
        self.reloads_until(said.is_visible, seconds=seconds)

    def reloads_until(self, fulfilled: Callable[[], bool], *, seconds: int = 60) -> None:
        end = monotonic() + seconds
        while not fulfilled():
            assert monotonic() < end, f"the page never came so far:\n{self.page.locator('#main').inner_text()}"
            self.page.wait_for_timeout(200)
            self.page.reload()

    def examine(self, name: str) -> None:
        """Axe finds nothing wrong with the page."""
        self.examining = True  # axe measures with inline styles: what the policy says to those is not about our pages
        examine(self.page, name)
        self.examining = False


@pytest.fixture
def person(browser: Browser, live_server: Any) -> Iterator[Callable[[str], Person]]:
    """`person("alice")` signs somebody in, in a browser of their own."""
    people: list[Person] = []

    def make(username: str) -> Person:
        page = new_context(browser).new_page()
        one = Person(page, live_server.url, [])

        def complain(line: Any) -> None:
            if line.type in ("error", "warning") and not one.examining:
                one.complaints.append(line.text)

        page.on("console", complain)
        page.on("pageerror", lambda error: one.complaints.append(str(error)))
        people.append(one)
        return one.sign_in(username)

    yield make
    assert [line for one in people for line in one.complaints] == []


@pytest.fixture
def city(
    transactional_db: None,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    sandbox: Sandbox,
    alice_member: Member,
    bob_member: Member,
) -> dict[str, Any]:
    """Hospital A with its channel to a small city; returns what the sandbox calls it."""
    settings.SANDBOX_URL = sandbox.url
    monkeypatch.setenv("SANDBOX_URL", sandbox.url)
    monkeypatch.setenv("SANDBOX_TOKEN", sandbox.headers["Authorization"].removeprefix("Bearer "))
    assert alice_member.institution
    seed_channels(alice_member.institution)
    with tenant_tx(alice_member.institution_id):
        channel = Channel.objects.get(gateway="clearing")
        public = channel.values()["public_key"]
    sandbox.register("clearing", channel.app_code, public, options={"institutions": 24, "broken_rows": 2})
    return {"party": channel.app_code, "sandbox": sandbox}


@pytest.fixture
def worker(city: dict[str, Any], nursery: Nursery, tmp_path: Path) -> Iterator[None]:
    """The real background worker, on this test's database."""
    (tmp_path / "spool").mkdir()
    nursery.tell(
        {
            "PORTAL_QUIET_FACTOR": "0.02",
            "PORTAL_SPOOL_DIR": str(tmp_path / "spool"),
            "SANDBOX_URL": os.environ["SANDBOX_URL"],
            "SANDBOX_TOKEN": os.environ["SANDBOX_TOKEN"],
        }
    )
    yield
    nursery.tell(None)
