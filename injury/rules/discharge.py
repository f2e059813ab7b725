"""When a stay may be discharged, and what its draft still lacks (4.13, 4.26; errors 110001 to 110026, 350001 …).

Everything is judged from `Facts`; nothing here asks anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from injury.models.admission import Flow
from injury.models.discharge import Node
from injury.rules.files import MOST_TOGETHER
from injury.rules.records import node_title
from portal.codes import code_list

CENT = Decimal("0.01")
INVOICE, PLAN = "01", "02"
#: AKC191: rehabilitation.
REHABILITATION = "4"
#: Records of every discharge of an inpatient (4.13: records and reports are required); outpatients have none of them.
ALWAYS = (Node.ADMISSION_NOTE, Node.DISCHARGE_NOTE, Node.FRONT_PAGE)
#: A fee of these categories (AKA063) wants one of these records: who charges an examination has its report.
WANTED_FOR: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (frozenset({"10", "00"}), (Node.OPERATION,)),
    (frozenset({"57", "65"}), (Node.ULTRASOUND,)),
    (frozenset({"64"}), (Node.CT,)),
    (frozenset({"66", "1408"}), (Node.MRI,)),
    (frozenset({"23"}), (Node.XRAY, Node.CT, Node.MRI)),
)
#: One or several codes of ICD-10, separated by half-width commas.
ICD = re.compile(
    r"[A-Z][0-9]{2}(\.[0-9A-Za-z]{1,6})?(\+|\*|†)?(,[A-Z][0-9]{2}(\.[0-9A-Za-z]{1,6})?(\+|\*|†)?)*", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a draft has of one node."""

    entries: int
    faults: int


@dataclass(frozen=True, slots=True)
class Facts:
    """An admission, its fees and the draft of its discharge; amounts are yuan."""

    flow: str
    is_inpatient: bool
    treatment: str
    admitted_on: date
    today: date
    #: Why the admission's state does not let it be discharged; empty when it does.
    state: str
    #: Why the fees do not let it go on (FeeStanding.gate); empty when they do.
    gate: str
    fee_count: int
    fee_total: Decimal
    last_prescribed_on: date | None
    categories: frozenset[str]
    discharged_on: date | None
    reason: str
    diagnosis_code: str
    diagnosis: str
    days: int | None
    records: Mapping[str, Kept] = field(default_factory=dict)
    #: Kind (FILETYPE), amount and bytes of each file that goes with it.
    files: tuple[tuple[str, Decimal, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way: `where` is state, fees, head, invoices or a node's number; `field` of the head's form."""

    where: str
    sentence: str
    field: str = ""


def obstacles(facts: Facts) -> list[Obstacle]:
    """Everything that keeps the discharge from being sent, all at once; empty when it may go."""
    found = [Obstacle("state", facts.state)] if facts.state else []
    if facts.gate:
        found.append(Obstacle("fees", facts.gate))
    elif not facts.fee_count:
        found.append(Obstacle("fees", "还没有上传费用（110020），请先上传费用"))
    return found + head_obstacles(facts) + record_obstacles(facts) + invoice_obstacles(facts)


def head_obstacles(facts: Facts) -> list[Obstacle]:
    """What is missing or wrong in day, reason, diagnosis and days."""
    found = [Obstacle("head", sentence, "discharged_on") for sentence in day_faults(facts)]
    found += [Obstacle("head", sentence, "days") for sentence in days_faults(facts)]
    if not facts.reason:
        found.append(Obstacle("head", "请选择出院原因", "reason"))
    elif facts.reason not in code_list("injury.akc195"):
        found.append(Obstacle("head", "出院原因：不在代码表中（110015）", "reason"))
    if not facts.diagnosis_code:
        found.append(Obstacle("head", "请填写出院诊断疾病编码", "diagnosis_code"))
    elif not ICD.fullmatch(facts.diagnosis_code):
        told = "出院诊断疾病编码：应为 ICD-10 编码，如 S82.200，多个用半角逗号分开"
        found.append(Obstacle("head", told, "diagnosis_code"))
    if facts.flow == Flow.CROSS and not facts.diagnosis:
        found.append(Obstacle("head", "请填写出院诊断说明（跨省异地必填）", "diagnosis"))
    return found


def day_faults(facts: Facts) -> list[str]:
    on, last = facts.discharged_on, facts.last_prescribed_on
    if on is None:
        return ["请填写出院日期"]
    found = []
    if on < facts.admitted_on:
        found.append(f"出院日期早于入院日期 {facts.admitted_on}（110017）")
    if on > facts.today:
        found.append(f"出院日期晚于今天 {facts.today}")
    if last is not None and on < last:
        found.append(f"有 {last} 的处方晚于出院日期（110016），请更改出院日期，或对这些处方退费")
    return found


def days_faults(facts: Facts) -> list[str]:
    """The centre counts from admission to discharge and lets a hospital count both days (4.13, 110018, 110019)."""
    if facts.days is None:
        return ["请填写住院天数"]
    if facts.days < 0:
        return ["住院天数不能小于 0（110018）"]
    if facts.discharged_on is None or facts.discharged_on < facts.admitted_on:
        return []
    most = stay(facts.admitted_on, facts.discharged_on) + 1
    return [f"住院天数最多 {most} 天（入院和出院当天都算，110019）"] if facts.days > most else []


def stay(admitted_on: date, discharged_on: date) -> int:
    """The days between admission and discharge, as the centre counts them (4.13)."""
    return max(0, (discharged_on - admitted_on).days)


def wanted(facts: Facts) -> list[tuple[tuple[str, ...], str]]:
    """Which records a discharge needs: any one of these nodes, and why."""
    if not facts.is_inpatient:
        return []
    charged = set(facts.categories)
    found: list[tuple[tuple[str, ...], str]] = [((node,), "住院都要") for node in ALWAYS]
    listed = code_list("injury.aka063")
    for trigger, nodes in WANTED_FOR:
        if hit := sorted(trigger & charged):
            found.append((nodes, f"有{'、'.join(listed.label(code) for code in hit)}"))
    return found


def record_obstacles(facts: Facts) -> list[Obstacle]:
    """Records that are missing, and records that are there but lack something."""
    found = []
    for nodes, why in wanted(facts):
        if not any(node in facts.records and facts.records[node].entries for node in nodes):
            found.append(Obstacle(nodes[0], f"缺少{'或'.join(node_title(node) for node in nodes)}（{why}）"))
    for node, kept in sorted(facts.records.items()):
        if kept.faults:
            found.append(Obstacle(node, f"{node_title(node)}有 {kept.faults} 处须补正"))
    return found


def invoice_obstacles(facts: Facts) -> list[Obstacle]:
    """The sum of the invoices is the fees' sum to the cent (110025, 350026); none at all may follow by 4.18."""
    found = []
    invoices = [amount for kind, amount, _ in facts.files if kind == INVOICE]
    if invoices and cents(sum(invoices, Decimal(0))) != cents(facts.fee_total):
        told = (
            f"发票合计 {cents(sum(invoices, Decimal(0)))} 元，费用合计 {cents(facts.fee_total)} 元，必须一致（110025）"
        )
        found.append(Obstacle("invoices", told))
    size = sum(size for _, _, size in facts.files)
    if size > MOST_TOGETHER:
        told = f"随出院上传的文件合计 {size / 1024 / 1024:.1f} MB，最多 {MOST_TOGETHER // 1024 // 1024} MB"
        found.append(Obstacle("invoices", f"{told}，其余的请在出院后用材料上传"))
    if facts.flow != Flow.CROSS and any(kind != INVOICE for kind, _, _ in facts.files):
        found.append(Obstacle("invoices", "省内出院只能附发票，其他材料请在出院后用材料上传"))
    return found


def hints(facts: Facts, kinds: Iterable[str]) -> list[str]:
    """What nobody must do now but everybody should know. `kinds`: of all files, sent with it or after it."""
    have, found = set(kinds), []
    if facts.flow == Flow.NEW:
        found.append("新发工伤为自费出院：费用照常上传，认定工伤后由单位办理报销")
    if INVOICE not in have:
        found.append("没有附发票：出院后、提交结算申请前，须用材料上传补传，发票合计须等于费用合计")
    if facts.treatment == REHABILITATION and PLAN not in have:
        when = "随出院一起或出院后用材料上传补传" if facts.flow == Flow.CROSS else "出院后须用材料上传补传"
        found.append(f"康复治疗还没有康复方案（02），{when}")
    return found


def cents(amount: Decimal) -> Decimal:
    """Yuan with two places; the centre keeps four, an invoice two."""
    return amount.quantize(CENT, ROUND_HALF_UP)
