"""Records as a hospital delivers them, and a desk that uploads them to the real sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from portal.gateway.journal import doubt
from portal.gateway.messages import sample, wire_form
from portal.gateway.national import transaction
from settlement.models import UploadPlan, UploadRecord, UploadRun
from settlement.models.upload import Source
from settlement.rules.uploads import KINDS
from settlement.services.refusals import Refused
from settlement.services.uploads.arrival import Given, take_records
from settlement.services.uploads.runs import start_run
from tests.settlement.settling_desk import SettlingDesk

Content = dict[str, Any]


def record_of(number: str, **items: Any) -> Content:
    """A legal record of that number, with these items in the node that names it; no person."""
    kind = KINDS[number]
    tree = anonymous(wire_form(sample(transaction(number))))
    tree.pop("insuplc_admdvs", None)
    node = tree[kind.node] if kind.node else tree
    row = node[0] if isinstance(node, list) else node
    row.update(items)
    return row if kind.is_row else tree


def anonymous(tree: Any) -> Any:
    """Without the items that name an insured person or a visit at the centre."""
    if isinstance(tree, dict):
        named = ("psn_no", "mdtrt_id", "setl_id")
        return {name: anonymous(one) for name, one in tree.items() if name not in named}
    return [anonymous(one) for one in tree] if isinstance(tree, list) else tree


def order(serial: str, number: str, **more: Any) -> Content:
    """One doctor's order (4402)."""
    return record_of("4402", mdtrt_sn=serial, drord_no=number, **more)


def department(code: str, name: str = "内科", **more: Any) -> Content:
    return record_of("3401A", hosp_dept_codg=code, hosp_dept_name=name, **more)


@dataclass
class UploadDesk:
    desk: SettlingDesk

    def take(self, number: str, *records: Content) -> list[Given]:
        with self.desk.door():
            return take_records(number, records, by=self.desk.by, source=Source.API)

    def start(self, number: str) -> UploadRun:
        with self.desk.door():
            return start_run(number, by=self.desk.by)

    def run(self, number: str, *, carry: bool = True) -> UploadRun:
        """A run of what waits; with `carry` until nothing moves without a person."""
        run = self.start(number)
        self.desk.run_jobs()
        if carry:
            self.desk.carry()
        return self.again(run)

    def again(self, run: UploadRun) -> UploadRun:
        with self.desk.door():
            return UploadRun.objects.get(pk=run.pk)

    def rows(self, number: str, **more: Any) -> list[UploadRecord]:
        with self.desk.door():
            found = UploadRecord.objects.filter(number=number, **{"is_current": True} | more)
            return list(found.select_related("operation").order_by("key", "version"))

    def row(self, number: str, **more: Any) -> UploadRecord:
        (found,) = self.rows(number, **more)
        return found

    def states(self, number: str, **more: Any) -> list[str]:
        return [one.state for one in self.rows(number, **more)]

    def effects(self, *numbers: str) -> list[Content]:
        return [one for one in self.desk.party.truth()["effects"] if one["code"] in numbers]

    def keys(self, *numbers: str) -> list[Sequence[str]]:
        """What each message wrote at the centre."""
        return [one["detail"]["keys"] for one in self.effects(*numbers)]

    def run_refused(self, number: str) -> str:
        """Why no run of that number begins."""
        try:
            self.start(number)
        except Refused as refusal:
            return refusal.sentence
        return ""

    def plan(self, number: str) -> UploadPlan:
        return UploadPlan.objects.get(number=number)

    def newest_run(self, number: str) -> UploadRun:
        with self.desk.door():
            found = UploadRun.objects.filter(number=number).first()
        assert found
        return found

    def look_after(self) -> None:
        doubt.look_after(self.desk.institution_id)


def time_of_day() -> time:
    return time(1, 30)
