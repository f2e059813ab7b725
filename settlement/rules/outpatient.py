"""What can be done with an outpatient visit now, and why not the rest (interface guide, chapter 7). Pure.

Every question answers with a sentence for the clerk; an empty one means: possible. Pages offer what is possible and
show the sentence of what is not; services refuse with the same sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

#: med_type of visits that need a disease: chronic and special diseases, the two common diseases, special drugs.
CHRONIC = frozenset({"14", "18", "9901", "990101", "9904"})
#: med_type of outpatient visits, in the order in which a desk meets them.
KINDS = ("11", "14", "13", "1301", "9901", "990101", "51", "9903", "18", "9904", "1103", "990103")
#: Most lines of one batch: they travel in one message (2204), and a batch is never divided.
MOST_LINES = 100


@dataclass(frozen=True)
class BillSeen:
    """A bill as far as the steps depend on it; `state` as in `BillState`."""

    state: str
    lines: int
    #: A settlement of it is being sent, or stands.
    settled: bool = False
    #: The centre has taken only some of the lines.
    incomplete: bool = False


@dataclass(frozen=True)
class Scene:
    """An outpatient visit as far as its steps depend on it; `state` as in `VisitState`."""

    state: str
    #: Something about it is under way or in doubt: the sentence for the clerk.
    obstacle: str = ""
    #: Registered, but the centre's number could not be read from its answer.
    unread: bool = False
    #: The centre has the diagnoses and kind of visit exactly as they stand here.
    informed: bool = False
    #: They have been taken down here at all.
    diagnosed: bool = False
    bills: tuple[BillSeen, ...] = ()

    @property
    def at_centre(self) -> bool:
        return self.state in ("open", "settled")

    @property
    def sent(self) -> int:
        """Bills whose lines the centre has."""
        return sum(1 for bill in self.bills if bill.state in ("sending", "sent", "settled", "removing"))

    @property
    def settled(self) -> int:
        return sum(1 for bill in self.bills if bill.settled)


def needs_disease(med_type: str) -> bool:
    """Whether a visit of this kind names its disease (dise_codg)."""
    return med_type in CHRONIC


def why_not_register(scene: Scene) -> str:
    if scene.obstacle:
        return scene.obstacle
    if scene.state == "draft":
        return ""
    return "已撤销的挂号不能再用，请重新挂号" if scene.state == "undone" else "已经挂号"


def why_not_change_registration(scene: Scene) -> str:
    """What was registered cannot be changed at the centre; before that, freely."""
    return scene.obstacle or ("" if scene.state == "draft" else "已经挂号，须撤销挂号后重新办理")


def why_not_inform(scene: Scene) -> str:
    """2203A replaces what was there, until something is settled."""
    if reason := _not_open(scene):
        return reason
    return f"已有 {scene.settled} 个收费批次结算，撤销结算后才能修改就诊信息" if scene.settled else ""


def why_not_add_bill(scene: Scene) -> str:
    """Bills may be written down while the registration is under way; nothing is sent with them."""
    if scene.state in ("undoing", "undone"):
        return "挂号已撤销"
    return ""


def why_not_change_bill(scene: Scene, bill: BillSeen) -> str:
    if bill.state == "draft":
        return ""
    if bill.state == "removed":
        return "已撤销的批次不能修改，可以更正为新的收费批次"
    return "明细已上传，撤销上传后更正为新的收费批次" if bill.state == "sent" else _bill_busy(bill)


def why_not_send(scene: Scene, bill: BillSeen) -> str:
    if reason := _not_open(scene):
        return reason
    if not scene.informed:
        return "请先上传就诊信息和诊断"
    if bill.state != "draft":
        return _bill_busy(bill) or "明细已经上传"
    if not bill.lines:
        return "还没有费用明细"
    if bill.lines > MOST_LINES:
        return f"一个收费批次最多 {MOST_LINES} 条明细，这里有 {bill.lines} 条，请分为几个收费批次"
    return ""


def why_not_settle(scene: Scene, bill: BillSeen) -> str:
    """Pre-settlement and settlement alike."""
    if reason := _not_open(scene):
        return reason
    if not scene.informed:
        return "就诊信息有变动，请先上传就诊信息和诊断"
    if bill.state == "draft":
        return "请先上传费用明细"
    if bill.incomplete:
        return "医保中心没有接收全部明细，请撤销上传后更正"
    return "" if bill.state == "sent" else _bill_busy(bill)


def why_not_remove(scene: Scene, bill: BillSeen) -> str:
    """2205 of one batch; lines that take part in a settlement stay until it is taken back (2208)."""
    if reason := _not_open(scene):
        return reason
    if bill.state == "settled":
        return "已经结算，请先撤销结算"
    if bill.state == "draft":
        return "明细没有上传，直接修改或删除即可"
    return "" if bill.state == "sent" else _bill_busy(bill)


def why_not_remove_all(scene: Scene) -> str:
    """2205 with 0000: everything that is not settled."""
    if reason := _not_open(scene):
        return reason
    return "" if any(bill.state == "sent" for bill in scene.bills) else "没有已上传而未结算的费用明细"


def why_not_unregister(scene: Scene) -> str:
    """2202, when nothing is left: neither settlements (2208) nor lines (2205)."""
    if reason := _not_open(scene):
        return reason
    if scene.settled:
        return f"还有 {scene.settled} 个收费批次已结算，请先撤销结算"
    return f"还有 {scene.sent} 个收费批次的明细在医保中心，请先撤销费用明细" if scene.sent else ""


def _not_open(scene: Scene) -> str:
    if scene.obstacle:
        return scene.obstacle
    if scene.unread:
        return "没有读到就诊ID，请先向医保中心取回"
    if scene.at_centre:
        return ""
    return {"draft": "请先挂号", "undone": "挂号已撤销"}.get(scene.state, "正在办理，有结果后再办理")


def _bill_busy(bill: BillSeen) -> str:
    return {
        "sending": "明细正在上传",
        "settled": "已经结算",
        "removing": "明细正在撤销",
        "removed": "明细已撤销",
    }.get(bill.state, "")


# --- the path on the page

DONE, NOW, LATER = "done", "now", "later"
REGISTERED_AS = {"draft": "未挂号", "opening": "正在挂号", "undoing": "正在撤销", "undone": "已撤销"}


@dataclass(frozen=True)
class Stage:
    """One stage of the path: done, to be done now, or later."""

    name: str
    label: str
    state: str
    told: str


def path(scene: Scene) -> tuple[Stage, ...]:
    """Registration, information, charges, settlement; the first that is not done is to be done now."""
    live = [bill for bill in scene.bills if bill.state != "removed"]
    sent = [bill for bill in live if bill.state in ("sent", "settled", "removing")]
    settled = [bill for bill in live if bill.state == "settled"]
    done = {
        "register": scene.at_centre,
        "inform": scene.at_centre and scene.informed,
        "charge": bool(live) and len(sent) == len(live),
        "settle": bool(live) and len(settled) == len(live),
    }
    told = {
        "register": REGISTERED_AS.get(scene.state, "已挂号"),
        "inform": _informed(scene),
        "charge": f"{len(live)} 个批次，已上传 {len(sent)} 个" if live else "没有收费批次",
        "settle": f"已结算 {len(settled)} 个" if live else "没有可结算的",
    }
    labels = {"register": "挂号", "inform": "就诊信息和诊断", "charge": "费用明细", "settle": "结算"}
    now = next((name for name in labels if not done[name]), "") if scene.state != "undone" else ""
    return tuple(
        Stage(name, label, DONE if done[name] else NOW if name == now else LATER, told[name])
        for name, label in labels.items()
    )


def _informed(scene: Scene) -> str:
    if scene.informed:
        return "已上传"
    return "有变动，未上传" if scene.diagnosed else "未填写"
