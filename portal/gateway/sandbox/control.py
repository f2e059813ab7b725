"""The sandbox's control doors from outside: for seeding, demonstrations and tests."""

from __future__ import annotations

import time
from typing import Any

import requests


class SandboxFault(RuntimeError):
    """The sandbox does not answer, or refuses; `str()` is its sentence."""


class Sandbox:
    """A running sandbox; `url` without a trailing slash, `token` when it was started with SANDBOX_TOKEN."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def base_url(self, gateway: str) -> str:
        """What a channel has as its address."""
        return f"{self.url}/{gateway}"

    @property
    def host(self) -> str:
        """`host:port`, as the allow-list writes it."""
        return self.url.partition("//")[2]

    def register(self, gateway: str, app_code: str, public_key: str = "", **more: Any) -> dict[str, Any]:
        """Register a counterpart; returns what its wire hands out (portal.gateway.sandbox.parties)."""
        asked = {"gateway": gateway, "app_code": app_code, "public_key": public_key, **more}
        return self.ask("POST", "/parties", json=asked)

    def truth(self, gateway: str, party: str = "", nonce: str = "") -> dict[str, Any]:
        """The ledger with all its pages, totals and present state."""
        asked = {"party": party, "nonce": nonce}
        found = self.ask("GET", f"/truth/{gateway}", params=asked)
        following = found["next"]
        while following is not None:
            page = self.ask("GET", f"/truth/{gateway}", params={**asked, "after": following})
            found["effects"] += page["effects"]
            following = page["next"]
        return found

    def switch_on(self, kind: str, **more: Any) -> dict[str, Any]:
        """Switch a fault on: rate, seed, count, codes, party, gateway, seconds."""
        return self.ask("POST", "/faults", json={"kind": kind, **more})

    def faults(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "/faults")["faults"]
        return found

    def switch_off(self) -> None:
        """All faults off."""
        self.ask("DELETE", "/faults")

    def act(self, gateway: str, action: str, **asked: Any) -> dict[str, Any]:
        """What people at the centre do, e.g. `act("clearing", "approve", party=…, year=…)`."""
        return self.ask("POST", f"/{gateway}/{action}", json=asked)

    def reset(self, party: str = "") -> None:
        """Forget everything, or one party (test mode only)."""
        self.ask("POST", "/reset", json={"party": party})

    def wait(self, seconds: float = 30) -> None:
        """Return once it answers; SandboxFault when it does not in time."""
        end = time.monotonic() + seconds
        while True:
            try:
                self.ask("GET", "/readyz")
                return
            except SandboxFault:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """One question to a control door; SandboxFault with its sentence when it is refused."""
        with requests.Session() as session:
            session.trust_env = False  # loopback is never reached through a proxy
            try:
                answer = session.request(method, self.url + path, headers=self.headers, timeout=60, **more)
                told: dict[str, Any] = answer.json()
            except requests.ConnectionError:
                raise SandboxFault(f"沙箱没有启动：{self.url}") from None
            except (requests.RequestException, ValueError) as error:
                raise SandboxFault(f"沙箱没有正常答复：{type(error).__name__}") from error
        if answer.status_code != 200:
            raise SandboxFault(str(told.get("error", answer.status_code)))
        return told
