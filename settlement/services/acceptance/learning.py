"""What a run learns from an answer, and whether the answer is what the step should show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from portal.gateway.messages import Record
from settlement.rules.acceptance import Step
from settlement.rules.amounts import findings
from settlement.services.acceptance.stage import Stage
from settlement.services.people import read_person
from settlement.services.settling.answers import answer, answers, plain, rows_of, text

#: What 2204 tells of each line and 2207 wants as sums.
KEPT = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
#: Reads the answer: the fault in a sentence, or "" when it is as it should be.
Reader = Callable[[Stage, Step, Record, str], str]
_readers: dict[str, Reader] = {}


def reads(*keys: str) -> Callable[[Reader], Reader]:
    def declare(reader: Reader) -> Reader:
        _readers.update(dict.fromkeys(keys, reader))
        return reader

    return declare


def learned(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    """Keep what later steps need; the sentence says what is wrong with the answer, empty when nothing is."""
    keys = (step.key, step.key.rpartition(".")[0], step.key.partition(".")[0])
    reader = next((_readers[key] for key in keys if key in _readers), None)
    return reader(stage, step, reply, msgid) if reader else ""


@reads("identity.person")
def person(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    told = plain(reply)
    shown = read_person(told, {})
    base: Mapping[str, Any] = told.get("baseinfo") or {}
    rows = rows_of(told.get("insuinfo"))
    usable = [row for row in rows if text(row, "psn_insu_stas") in ("", "1")] or rows
    wanted = stage.given.get("insurance", "")
    chosen = next((row for row in usable if text(row, "insutype") == wanted), None)
    chosen = chosen or next(iter(sorted(usable, key=lambda row: text(row, "insutype"))), None)
    if not shown.person_no or chosen is None:
        return "答复中没有人员编号或参保信息"
    found = {name: text(base, name) for name in ("psn_no", "psn_name", "certno", "psn_cert_type", "gend", "brdy")}
    found |= {name: text(chosen, name) for name in ("insutype", "psn_type", "insuplc_admdvs", "balc")}
    stage.learn("person", found)
    return "" if found["insuplc_admdvs"] else "答复中没有参保地区划（insuplc_admdvs）"


@reads("identity.after")
def person_after(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    rows = rows_of(plain(reply).get("insuinfo"))
    known = stage.person
    row = next((one for one in rows if text(one, "insutype") == known["insutype"]), {})
    stage.learn("balance_after", text(row, "balc"))
    before, after = Decimal(known["balc"] or 0), Decimal(text(row, "balc") or 0)
    return (
        "" if before == after else f"账户余额开始时为 {before:.2f}，全部撤回后为 {after:.2f}，相差 {after - before:.2f}"
    )


@reads("filings")
def filed(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    if step.undoes:
        return ""
    number = text(plain(reply).get("result") or {}, "trt_dcla_detl_sn")
    stage.learn(f"filed:{step.key}", number)
    return "" if number else "答复中没有待遇申报明细流水号"


@reads("outpatient.register")
def registered(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    return _visit(stage, "outpatient", plain(reply).get("data") or {})


@reads("inpatient.admit")
def admitted(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    return _visit(stage, "inpatient", plain(reply).get("result") or {})


def _visit(stage: Stage, place: str, row: Mapping[str, Any]) -> str:
    number = text(row, "mdtrt_id")
    stage.learn(f"mdtrt:{place}", number)
    return "" if number else "答复中没有就诊ID"


@reads("outpatient.bill", "inpatient.charge")
def charged(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    rows = rows_of(plain(reply).get("result"))
    told = {text(row, "feedetl_sn"): {name: text(row, name) for name in KEPT} for row in rows}
    stage.learn(f"results:{step.key}", told)
    return "" if told else "答复中没有明细的处理结果"


@reads("inpatient.remove.one")
def removed_one(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    stage.learn("removed.one", True)
    return ""


@reads("pharmacyA.settle", "pharmacy.settle", "outpatient.settle", "inpatient.settle")
def settled(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    found = answer(reply)
    if found is None or not found.setl_id:
        return "答复中没有结算ID"
    stage.learn(f"setl:{step.key}", found.setl_id)
    stage.learn(f"msgid:{step.key}", msgid)
    stage.learn(f"number:{step.key}", step.number)
    if found.mdtrt_id:
        stage.learn(f"mdtrt:{step.key}", found.mdtrt_id)
    shares = [share.amount for share in found.shares]
    broken = findings(found.figures, shares, None, names_hospital=found.names_hospital)
    return "；".join(one.sentence for one in broken)


@reads("pharmacyA.preview", "pharmacy.preview", "outpatient.preview", "inpatient.preview")
def previewed(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    found = answer(reply)
    return "" if found and found.figures.total is not None else "答复中没有预结算金额"


@reads("outpatient.reversed")
def reversed_there(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    reversed_one = stage.facts.get("setl:outpatient.settle.2", "")
    live = [one for one in answers(reply) if one.setl_id == reversed_one and not one.refunded]
    return f"冲正后结算 {reversed_one} 仍然有效" if live else ""


@reads("catalogue.1301")
def catalogue(stage: Stage, step: Step, reply: Record, msgid: str) -> str:
    told = plain(reply)
    for name in ("file_qury_no", "filename"):
        stage.learn(f"file:{name}", text(told, name))
    return ""
