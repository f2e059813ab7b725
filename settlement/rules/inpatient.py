"""What can be done with a stay now, and why not the rest (interface guide, chapter 7). Pure.

Every question answers with a sentence for the clerk; an empty one means: possible. Pages offer what is possible and
show the sentence of what is not; services refuse with the same sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from settlement.rules.amounts import ZERO

#: med_type of stays, in the order in which a desk meets them.
KINDS = ("2101", "2102", "2105", "2106", "2107", "2109", "22", "28", "52", "21303", "71")
#: Lines of one message (2301), and of one delivery.
BATCH, MOST_LINES = 100, 1000
#: dscg_way of somebody who died: die_date belongs to it.
DIED = "5"


@dataclass(frozen=True)
class Scene:
    """A stay as far as its steps depend on it; `state` as in `VisitState`, counts of lines by state."""

    state: str
    #: Something about it is under way or in doubt: the sentence for the clerk.
    obstacle: str = ""
    #: The centre has the admission exactly as it stands here.
    informed: bool = False
    #: Department, doctor, diagnoses of the discharge are written down.
    leaving: bool = False
    drafts: int = 0
    sent: int = 0
    settled: int = 0
    #: Interim settlements that stand.
    interim: int = 0
    #: Lines that the centre showed (5204) and that are not ours.
    beyond: int = 0

    @property
    def at_centre(self) -> bool:
        return self.state in ("open", "left", "settled")

    @property
    def lines(self) -> int:
        return self.drafts + self.sent + self.settled


def why_not_admit(scene: Scene) -> str:
    if scene.obstacle:
        return scene.obstacle
    if scene.state == "draft":
        return ""
    return "入院登记已撤销，请重新办理入院" if scene.state == "undone" else "已经办理入院"


def why_not_change_draft(scene: Scene) -> str:
    """Freely before the admission; afterwards as long as the patient is here."""
    if scene.obstacle:
        return scene.obstacle
    if scene.state in ("draft", "open"):
        return ""
    return _over(scene) or "已办理出院，须先撤销出院"


def why_not_tell_change(scene: Scene) -> str:
    """2403 replaces what the centre has of the admission."""
    if reason := _not_open(scene):
        return reason
    return "入院信息没有变动" if scene.informed else ""


def why_not_charge(scene: Scene) -> str:
    """Lines may arrive while anything is under way: they only wait here."""
    if scene.state in ("undone", "undoing"):
        return "入院登记已撤销"
    return "已经结算，撤销结算后才能增加费用" if scene.state == "settled" else ""


def why_not_upload(scene: Scene) -> str:
    if reason := _not_here(scene):
        return reason
    return "" if scene.drafts else "没有待上传的费用明细"


def why_not_remove(scene: Scene) -> str:
    """2302: what takes part in a settlement stays until that is taken back (2305)."""
    if reason := _not_here(scene):
        return reason
    if scene.sent or scene.beyond:
        return ""
    return "明细已结算，请先撤销结算" if scene.settled else "医保中心没有可撤销的费用明细"


def why_not_preview(scene: Scene) -> str:
    """2303A at any time of the stay: what the lines so far would be paid as."""
    if reason := _not_here(scene):
        return reason
    return "" if scene.sent else "没有已上传而未结算的费用明细"


def why_not_settle_interim(scene: Scene) -> str:
    if reason := _not_open(scene):
        return reason
    return _not_told(scene)


def why_not_settle(scene: Scene) -> str:
    """2304A after the discharge, when every line is there."""
    if scene.obstacle:
        return scene.obstacle
    if scene.state == "open":
        return "请先办理出院，再结算"
    if reason := _not_here(scene):
        return reason
    return f"还有 {scene.drafts} 条费用明细没有上传，请先上传" if scene.drafts else ""


def why_not_discharge(scene: Scene) -> str:
    if reason := _not_open(scene):
        return reason
    if reason := _not_told(scene):
        return reason
    return "" if scene.leaving else "请先填写出院信息和出院诊断"


def why_not_undo_discharge(scene: Scene) -> str:
    if scene.obstacle:
        return scene.obstacle
    if scene.state == "settled":
        return "已经结算，请先撤销结算"
    return "" if scene.state == "left" else "没有办理出院"


def why_not_unadmit(scene: Scene) -> str:
    """2404, when nothing is left: neither discharge (2405), settlements (2305) nor lines (2302)."""
    if scene.obstacle:
        return scene.obstacle
    if scene.state == "settled":
        return "已经结算，请先撤销结算、撤销出院"
    if scene.state == "left":
        return "已办理出院，请先撤销出院"
    if reason := _not_open(scene):
        return reason
    if scene.interim or scene.settled:
        return "还有中途结算，请先撤销结算"
    return f"医保中心还有 {scene.sent} 条费用明细，请先撤销费用明细" if scene.sent else ""


def _not_open(scene: Scene) -> str:
    if scene.obstacle:
        return scene.obstacle
    if scene.state == "open":
        return ""
    if scene.state == "draft":
        return "请先办理入院"
    return _over(scene) or ("已办理出院" if scene.state == "left" else "正在办理，有结果后再办理")


def _not_here(scene: Scene) -> str:
    """For what is possible before and after the discharge, until the settlement."""
    return scene.obstacle if scene.obstacle else "" if scene.state == "left" else _not_open(scene)


def _over(scene: Scene) -> str:
    return {"settled": "已经结算，请先撤销结算", "undone": "入院登记已撤销"}.get(scene.state, "")


def _not_told(scene: Scene) -> str:
    return "" if scene.informed else "入院信息有变动，请先上传变更"


# --- refunds


@dataclass(frozen=True)
class Refunding:
    """A line as far as refunds depend on it; `original` is the line that it takes back."""

    number: str
    original: str
    amount: Decimal


def refund_faults(fresh: Sequence[Refunding], known: Mapping[str, Refunding]) -> list[tuple[int, str, str]]:
    """(index, field, sentence) for every refund that names no charge of this stay, or takes back more than it."""
    charges = {one.number: one.amount for one in (*known.values(), *fresh) if one.amount >= 0}
    taken: dict[str, Decimal] = {}
    for one in known.values():
        if one.amount < 0:
            taken[one.original] = taken.get(one.original, ZERO) + one.amount
    found = []
    for index, one in enumerate(fresh):
        if one.amount >= 0:
            continue
        if not one.original:
            found.append((index, "initial_number", f"第 {index + 1} 行：退费须填写原费用流水号"))
        elif one.original not in charges:
            sentence = f"第 {index + 1} 行：原费用流水号 {one.original} 不是本次住院的收费明细"
            found.append((index, "initial_number", sentence))
        else:
            taken[one.original] = taken.get(one.original, ZERO) + one.amount
            left = charges[one.original] + taken[one.original]
            if left < 0:
                sentence = (
                    f"第 {index + 1} 行：原明细金额 {charges[one.original]:.2f}，累计退费 {-taken[one.original]:.2f}，"
                    f"超出 {-left:.2f}"
                )
                found.append((index, "amount", sentence))
    return found


def left_without(chosen: Sequence[Refunding], rest: Sequence[Refunding]) -> list[str]:
    """Charges that are to be removed although a refund of them stays: the refund has to go with them."""
    numbers = {one.number for one in chosen}
    return sorted({one.original for one in rest if one.amount < 0 and one.original in numbers})


# --- times


def time_faults(started: datetime, ended: datetime | None, now: datetime) -> list[tuple[str, str]]:
    """What is wrong with the times of a stay."""
    found = []
    if started > now:
        found.append(("started_at", "入院时间不能晚于现在"))
    if ended is not None and ended < started:
        found.append(("ended_at", "出院时间不能早于入院时间"))
    if ended is not None and ended > now:
        found.append(("ended_at", "出院时间不能晚于现在"))
    return found


def days_of(started: datetime, ended: datetime | None, now: datetime) -> int:
    """Days in hospital: the day of admission counts, the day of discharge does not; at least one."""
    return max(((ended or now).date() - started.date()).days, 1)


# --- the path on the page

DONE, NOW, LATER = "done", "now", "later"


@dataclass(frozen=True)
class Stage:
    """One stage of the path: done, to be done now, or later."""

    name: str
    label: str
    state: str
    told: str


def path(scene: Scene) -> tuple[Stage, ...]:
    """Admission, charges, discharge, settlement; the first that is not done is to be done now."""
    done = {
        "admit": scene.at_centre,
        "charge": scene.at_centre and bool(scene.lines) and not scene.drafts,
        "leave": scene.state in ("left", "settled"),
        "settle": scene.state == "settled",
    }
    told = {
        "admit": _admitted(scene),
        "charge": f"{scene.lines} 条，待上传 {scene.drafts} 条" if scene.lines else "没有费用明细",
        "leave": "已出院" if done["leave"] else "已填写，未办理" if scene.leaving else "未办理",
        "settle": "已结算" if done["settle"] else f"中途结算 {scene.interim} 笔" if scene.interim else "未结算",
    }
    labels = {"admit": "入院", "charge": "费用明细", "leave": "出院", "settle": "结算"}
    now = next((name for name in labels if not done[name]), "") if scene.state != "undone" else ""
    return tuple(
        Stage(name, label, DONE if done[name] else NOW if name == now else LATER, told[name])
        for name, label in labels.items()
    )


def _admitted(scene: Scene) -> str:
    if scene.at_centre:
        return "已入院" if scene.informed else "已入院，变更未上传"
    return {"undone": "已撤销", "opening": "登记中"}.get(scene.state, "未登记")
