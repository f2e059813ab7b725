"""An institution with a desk: its bridge runs here, the library is the sandbox's; both sides are read afterwards."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.bridge.keeper import Keeper
from portal.gateway.bridge.line import Line
from portal.gateway.bridge.server import Door, Server
from portal.gateway.bridge.spool import Spool
from portal.gateway.channels.models import Channel
from portal.gateway.channels.services import install_channel
from portal.gateway.journal import Operation, State, approve, doubt, send_queued
from portal.gateway.models import Desk
from portal.gateway.sandbox.control import Sandbox
from portal.jobs import Job, JobState
from portal.jobs.tasks import run_job
from settlement.models import PrepaidAccount, Recharge, Refund
from settlement.services.cashier.accounts import Holder, open_account
from settlement.services.cashier.recharging import Payment, recharge
from settlement.services.cashier.refunding import Return, refund

TOKEN = "a-token-of-forty-characters-for-this-desk"
PARTY, KEY = "CASHIER", "key-of-the-application"
CARDS = itertools.count(1)


@dataclass
class CashierDesk:
    """`by` works at `desk`, `reviewer` lets refunds go."""

    by: Member
    reviewer: Member
    sandbox: Sandbox
    desk: Desk

    @property
    def institution_id(self) -> int:
        return self.by.institution_id

    def door(self) -> Any:
        return tenant_tx(self.institution_id)

    # --- steps

    def account(self, **more: Any) -> PrepaidAccount:
        number = next(CARDS)
        known = {"card_type": "03", "card_no": f"C{number:08d}", "patient_id": f"P{number}", "name": "甲患者"}
        with self.door():
            return open_account(Holder(**{**known, **more}), by=self.by)

    def recharge(self, amount: str = "100.00", account: PrepaidAccount | None = None, **more: Any) -> Recharge:
        account = account or self.account()
        with self.door():
            return recharge(account, Payment(Decimal(amount), **more), desk=self.desk, by=self.by)

    def paid(self, amount: str = "100.00") -> Recharge:
        made = self.recharge(amount)
        self.carry()
        return self.again(made)

    def refund(self, source: Recharge, amount: str, mode: str = "1") -> Refund:
        with self.door():
            made = refund(source, Return(Decimal(amount), mode, "hisDecide", "病人申请"), desk=self.desk, by=self.by)
        assert made.operation
        self.approve(made.operation)
        return made

    def approve(self, operation: Operation) -> None:
        with self.door():
            now = Operation.objects.get(pk=operation.pk)
            if now.state == State.DRAFT:
                approve(now, by=self.reviewer)

    # --- what workers do

    def run_jobs(self) -> int:
        with self.door():
            queued = list(Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True))
        for pk in queued:
            run_job(self.institution_id, str(pk))
        return len(queued)

    def carry(self, rounds: int = 30, looks: int = 4) -> None:
        """Until nothing moves without a person. No quiet period is waited for."""
        looked: Counter[Any] = Counter()
        for _ in range(rounds):
            with self.door():
                Operation.objects.filter(state=State.QUEUED).update(not_before=None)
            moved = self.run_jobs() + send_queued(self.institution_id, "onetrans")
            with self.door():
                doubtful = Operation.objects.filter(state__in=[State.IN_DOUBT, State.RESOLVING])
                doubtful.update(quiet_until=None, next_look_at=None)
                due = [pk for pk in doubtful.values_list("pk", flat=True) if looked[pk] < looks]
            for pk in due:
                looked[pk] += 1
                moved += doubt.resolve(self.institution_id, pk) is not None
            if not moved:
                return

    # --- what came of it

    def again(self, row: Any) -> Any:
        wanted = ("account", "operation", "recharge", "cancelled_by")
        related = [one.name for one in type(row)._meta.fields if one.is_relation and one.name in wanted]
        with self.door():
            return type(row).objects.select_related(*related).get(pk=row.pk)

    def truth(self) -> dict[str, Any]:
        return self.sandbox.truth("onetrans", PARTY)

    def effects(self, code: str) -> list[dict[str, Any]]:
        return [one for one in self.truth()["effects"] if one["code"] == code]

    def options(self, **options: Any) -> None:
        asked = {"gateway": "onetrans", "app_code": PARTY, "secret_key": KEY, "options": options}
        self.sandbox.ask("POST", "/parties", json=asked)


@contextmanager
def open_desk(by: Member, reviewer: Member, sandbox: Sandbox, folder: Path, settings: Any) -> Iterator[CashierDesk]:
    """The desk with its bridge, the channel in the database, quiet periods of milliseconds."""
    settings.PORTAL_QUIET_FACTOR, settings.SPOOL_DIR = 0.0001, folder / "spool"
    settings.SANDBOX_URL = sandbox.url
    sandbox.register("onetrans", PARTY, secret_key=KEY)
    with bridge(sandbox, folder) as address:
        settings.BRIDGE_URL = address
        with tenant_tx(by.institution_id):
            values = {"base_url": address, "private_key": TOKEN, "app_code": PARTY, "secret_key": KEY}
            values |= {"user_name": "PAY1", "password": "secret-of-payment", "region": "140200"}
            install_channel("onetrans", "test", {**values, "medins_code": "H14020000001"})
            Channel.objects.filter(gateway="onetrans").update(read_timeout=1)  # nobody waits for a patient here
            desk = Desk.objects.create(environment="test", name="一号窗口", address=address, token=TOKEN, term_no="T1")
        yield CashierDesk(by, reviewer, sandbox, desk)


@contextmanager
def bridge(sandbox: Sandbox, folder: Path) -> Iterator[str]:
    """A desk's computer: the address of its bridge."""
    spool = Spool(folder)
    line = Line(Keeper(f"sandbox:{sandbox.url}", "", PARTY), spool, is_played=True, pause=0.01)
    spool.born -= 10
    server = Server(Door("127.0.0.1", 0, TOKEN), line, {"library": "played"})
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        line.stop()
        spool.shut()
