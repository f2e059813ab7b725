"""The script of an acceptance run: a test person buys, is treated, lies in hospital, and everything goes back."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from settlement.rules.acceptance import ELSEWHERE, HELD, REFUSED, Step

#: Numbers that every edition's flows may name without A.
VARIANTS = ("2101", "2102", "2203", "2206", "2207", "2303", "2304")
PERSON = ("identity.person",)
REGISTERED, SETTLED = ("outpatient.register",), ("outpatient.settle.1",)
#: Queries that ask for what the flows did, and what they need.
ABOUT: dict[str, tuple[str, ...]] = {
    "2001": PERSON,
    "5201": REGISTERED,
    "5202": ("outpatient.inform",),
    "5203": SETTLED,
    "5204": ("outpatient.bill.1",),
    "5205": PERSON,
    "5206": PERSON,
    "5301": PERSON,
    "5302": PERSON,
    "5303": PERSON,
    "5304": PERSON,
    "5401": PERSON,
    "5402": PERSON,
    "3101": REGISTERED,
    "3102": REGISTERED,
}
#: Uploads whose record must name a settlement, and those that another one takes back.
OF_SETTLEMENT = ("4101", "4101A", "3505")
PAIRS = {"3302": "3301", "3403": "3401", "3507": "3503"}
AFTER = {"3402": "3401", "3504": "3503", "3506": "3505", "3302": "3301", "3403": "3401"}
FILES = tuple(str(number) for number in range(1301, 1316) if number not in (1304, 1312))


def script(known: Collection[str], safe: Collection[str]) -> list[Step]:
    """Every step whose number the edition knows (`known`), in order; `safe` are those that change nothing."""
    steps = [
        *_signing(),
        *_identity(),
        *_catalogue(),
        *_filings(known),
        *(one for a in ("A", "") for one in _pharmacy(a)),
        *_outpatient(known),
        *_uploads(known, safe),
        *_queries(known, safe),
        *_outpatient_back(),
        *_inpatient(known),
        Step("identity.after", "1101", "identity", "全部撤回后再查余额，与开始时相同", needs=PERSON, follows=PERSON[0]),
    ]
    return [one for one in steps if one.number in known]


def _signing() -> Iterator[Step]:
    yield Step("signing.in", "9001", "signing", "操作员签到，得到签到编号")
    yield Step("signing.out", "9002", "signing", "操作员签退", undoes=("signing.in",))


def _identity() -> Iterator[Step]:
    yield Step("identity.person", "1101", "identity", "身份证号识别测试人员，取得参保险种、参保地和余额")
    yield Step("identity.voucher", "1101", "identity", "医保电子凭证识别测试人员", asks="voucher")
    again = "同一个电子凭证码再用一次：应被拒绝"
    yield Step("identity.used", "1101", "identity", again, REFUSED, needs=("identity.voucher",))


def _catalogue() -> Iterator[Step]:
    for number in FILES:
        yield Step(f"catalogue.{number}", number, "catalogue", "按版本号查询目录文件")
    yield Step("catalogue.file", "9102", "catalogue", "下载目录文件并核对压缩包", needs=("catalogue.1301",))


def _filings(known: Collection[str]) -> Iterator[Step]:
    transfer = "2501A" if "2501A" in known else "2501"
    for number, undo, title in (
        (transfer, "2502", "转院备案"),
        ("2503", "2504", "慢特病备案"),
        ("2505", "2506", "定点备案"),
        ("Z1101", "Z1102", "城乡两病备案"),
    ):
        yield Step(f"filings.{number}", number, "filings", f"{title}，得到申报流水号", needs=PERSON)
        yield Step(f"filings.{undo}", undo, "filings", f"撤销{title}", undoes=(f"filings.{number}",))
    if transfer == "2501A":
        yield Step("filings.2501", "2501", "filings", "转院备案（不带 A），得到申报流水号", needs=PERSON)
        yield Step("filings.2502.base", "2502", "filings", "撤销转院备案（不带 A）", undoes=("filings.2501",))


def _pharmacy(a: str) -> Iterator[Step]:
    """With A, or the base numbers."""
    mine, told = f"pharmacy{a}", "" if a else "（不带 A）"
    wrong = f"明细合计与总额不符：发送前拦下，并指出两个金额{told}"
    yield Step(f"{mine}.wrong", f"2102{a}", "pharmacy", wrong, HELD, needs=PERSON)
    yield Step(f"{mine}.preview", f"2101{a}", "pharmacy", f"两条明细预结算{told}", needs=PERSON)
    yield Step(f"{mine}.settle", f"2102{a}", "pharmacy", f"结算，金额关系成立{told}", needs=(f"{mine}.preview",))
    yield Step(f"{mine}.undo", "2103", "pharmacy", f"撤销购药结算{told}", undoes=(f"{mine}.settle",))


def _outpatient(known: Collection[str]) -> Iterator[Step]:
    inform = "2203A" if "2203A" in known else "2203"
    preview, settle = ("2206A", "2207A") if "2207A" in known else ("2206", "2207")
    yield Step("outpatient.register", "2201", "outpatient", "门诊挂号，得到就诊ID", needs=PERSON)
    if inform == "2203A":
        yield Step("outpatient.inform.base", "2203", "outpatient", "上传就诊信息（不带 A）", needs=REGISTERED)
    yield Step("outpatient.inform", inform, "outpatient", "上传就诊和诊断信息", needs=REGISTERED)
    for n in ("1", "2"):
        said = f"第 {n} 个收费批次"
        yield Step(f"outpatient.bill.{n}", "2204", "outpatient", f"上传{said}的明细", needs=("outpatient.inform",))
        yield Step(f"outpatient.preview.{n}", preview, "outpatient", f"{said}预结算", needs=(f"outpatient.bill.{n}",))
        ready = (f"outpatient.preview.{n}",)
        yield Step(f"outpatient.settle.{n}", settle, "outpatient", f"{said}结算，金额关系成立", needs=ready)
    held = "撤销已结算批次的明细：应被拒绝"
    yield Step("outpatient.removed", "2205", "outpatient", held, REFUSED, needs=SETTLED)
    if settle == "2207A":
        third, informed = "上传第 3 个收费批次的明细", ("outpatient.inform",)
        yield Step("outpatient.bill.3", "2204", "outpatient", third, needs=informed, helps=True)
        ready = ("outpatient.bill.3",)
        yield Step("outpatient.preview.3", "2206", "outpatient", "第 3 个批次预结算（不带 A）", needs=ready)
        yield Step("outpatient.settle.3", "2207", "outpatient", "第 3 个批次结算（不带 A）", needs=ready)
    twice = ("outpatient.settle.2",)
    yield Step("outpatient.reverse", "2601", "outpatient", "冲正第 2 笔门诊结算", needs=twice)
    proof = "冲正之后查询，没有这笔有效的结算"
    reverse = "outpatient.reverse"
    yield Step("outpatient.reversed", "5203", "outpatient", proof, needs=(reverse,), follows=reverse)


def _outpatient_back() -> Iterator[Step]:
    reversed_by = ("outpatient.reverse",)
    yield Step("outpatient.undo.3", "2208", "outpatient", "撤销第 3 笔门诊结算", undoes=("outpatient.settle.3",))
    undone = ("outpatient.settle.2",)
    yield Step("outpatient.undo.2", "2208", "outpatient", "撤销第 2 笔门诊结算", undoes=undone, unless=reversed_by)
    yield Step("outpatient.undo.1", "2208", "outpatient", "撤销第 1 笔门诊结算", undoes=SETTLED)
    bills = tuple(f"outpatient.bill.{n}" for n in "123")
    yield Step("outpatient.remove", "2205", "outpatient", "撤销全部未结算明细（0000）", undoes=bills)
    yield Step("outpatient.unregister", "2202", "outpatient", "撤销挂号", undoes=REGISTERED)


def _inpatient(known: Collection[str]) -> Iterator[Step]:
    preview, settle = ("2303A", "2304A") if "2304A" in known else ("2303", "2304")
    inside = ("inpatient.admit",)
    yield Step("inpatient.admit", "2401", "inpatient", "入院办理，得到就诊ID", needs=PERSON)
    yield Step("inpatient.change", "2403", "inpatient", "入院信息变更：换床", needs=inside)
    yield Step("inpatient.charge", "2301", "inpatient", "上传三条住院费用明细", needs=inside)
    yield Step("inpatient.remove.one", "2302", "inpatient", "按流水号撤销一条明细", needs=("inpatient.charge",))
    yield Step("inpatient.preview", preview, "inpatient", "住院预结算", needs=("inpatient.charge",))
    if preview == "2303A":
        yield Step("inpatient.preview.base", "2303", "inpatient", "住院预结算（不带 A）", needs=("inpatient.charge",))
    yield Step("inpatient.discharge", "2402", "inpatient", "出院办理", needs=("inpatient.preview",))
    ready = ("inpatient.discharge",)
    yield Step("inpatient.settle", settle, "inpatient", "住院结算，金额关系成立", needs=ready)
    yield Step("inpatient.undo", "2305", "inpatient", "撤销住院结算", undoes=("inpatient.settle",))
    if settle == "2304A":
        again = ("inpatient.undo",)
        yield Step("inpatient.settle.base", "2304", "inpatient", "撤销后重新结算（不带 A）", needs=again)
        yield Step("inpatient.undo.base", "2305", "inpatient", "再次撤销住院结算", undoes=("inpatient.settle.base",))
    yield Step("inpatient.recall", "2405", "inpatient", "撤销出院", undoes=ready)
    yield Step("inpatient.remove", "2302", "inpatient", "撤销全部明细（0000）", undoes=("inpatient.charge",))
    yield Step("inpatient.unadmit", "2404", "inpatient", "撤销入院", undoes=inside)


def _uploads(known: Collection[str], safe: Collection[str]) -> Iterator[Step]:
    """One record each; 9101 a small file. What can be deleted is deleted again."""
    taken = {one.number for one in (*_outpatient(known), *_outpatient_back(), *_inpatient(known), *_filings(known))}
    taken |= {f"{one}{a}" for one in VARIANTS for a in ("", "A")} | {"2103", "2501", "2501A", "2601", "9001", "9002"}
    for number in sorted(set(known) - set(safe) - taken - ELSEWHERE - PAIRS.keys()):
        needs = SETTLED if number in OF_SETTLEMENT else REGISTERED
        more = (f"uploads.{AFTER[number]}",) if number in AFTER else ()
        yield Step(f"uploads.{number}", number, "uploads", "上传一条记录", needs=(*needs, *more))
    yield Step("uploads.9101", "9101", "uploads", "上传一个压缩包，得到文件查询号")
    for number, made in PAIRS.items():
        yield Step(f"uploads.{number}", number, "uploads", f"删除 {made} 上传的记录", undoes=(f"uploads.{made}",))


def _queries(known: Collection[str], safe: Collection[str]) -> Iterator[Step]:
    flows = {f"{one}{a}" for one in VARIANTS for a in ("", "A")} | {"1101", "9001", "9002", "9101", "9102", *FILES}
    for number in sorted(set(known) & set(safe) - flows - ELSEWHERE):
        yield Step(f"queries.{number}", number, "queries", "查询并读出答复", needs=ABOUT.get(number, ()))
