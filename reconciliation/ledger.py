"""What can be done about entries that a hospital's system brought, and about what only the centre has.

Nobody can be asked to send those again or to take them back; our book can take over what the centre holds. An entry is
never edited: it gets a new revision, or one that says that it did not happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.ledger.facts import ZERO, EntryFacts, Source, Standing, midnight
from portal.ledger.gathering import facts_of, void, write
from portal.ledger.registry import Case, Done, NotPossible, remedy
from reconciliation.models import DifferenceKind

SOURCE = str(Source.BROUGHT)
AMOUNTS = ("total", "fund", "account", "cash")
#: Kinds in which the centre contradicts itself, or says nothing that could be taken over.
NOT_THESE = {
    DifferenceKind.TWICE: "同一笔结算有重复记录，请联系中心或来源系统更正后再次对账",
    DifferenceKind.UNREADABLE: "中心的记录无法对应，请人工核对",
    DifferenceKind.OTHER_SCOPE: "险种或清算类别不同，请由来源系统更正后重新导入",
}


def adopt_obstacle(case: Case) -> str:
    """Why our book cannot take over the centre's side, in a sentence; empty when it can."""
    theirs = case.theirs
    if sentence := NOT_THESE.get(theirs.get("kind", "")):
        return sentence
    if not theirs.get("is_there"):
        return "" if case.entry is not None else "双方都没有可以采用的记录"
    if case.entry is None and ("total" not in theirs or not _scope_is_known(theirs)):
        return "中心没有告知金额、险种或清算类别，请补导入这笔结算"
    if theirs.get("kind") == DifferenceKind.OVER_MIDNIGHT and not theirs.get("settled_at"):
        return "中心没有告知结算时间，请说明后认可"
    return ""


def _scope_is_known(theirs: Mapping[str, Any]) -> bool:
    return bool(theirs.get("insutype") and theirs.get("clr_type") and theirs.get("clr_optins"))


@remedy(SOURCE, "adopt", "以中心为准调账", moves_money=True, obstacle=adopt_obstacle)
def adopt(case: Case) -> Done:
    """Take the centre's side into the book; what the centre does not have did not happen."""
    if obstacle := adopt_obstacle(case):
        raise NotPossible(obstacle)
    theirs = case.theirs
    if case.entry is None:
        facts, said = _new(theirs), "已按中心的记录补记"
    elif not theirs.get("is_there"):
        facts, said = void(case.entry), "中心没有这笔结算，已在本机构作废"
    else:
        facts, said = _like_theirs(facts_of(case.entry), theirs), "已按中心的记录调账"
    written = write([facts], environment=theirs["environment"], source=SOURCE)
    if not written.fresh and not written.changed:
        raise NotPossible("结算账与中心的记录已经一致，请再次对账")
    return Done(said)


def _like_theirs(facts: EntryFacts, theirs: Mapping[str, Any]) -> EntryFacts:
    told: dict[str, Any] = {name: Decimal(theirs[name]) for name in AMOUNTS if name in theirs}
    if told and "cash" not in told:
        told["cash"] = facts.cash + (told.get("total", facts.total) - facts.total)
        told["cash"] -= (told.get("fund", facts.fund) - facts.fund) + (
            told.get("account", facts.account) - facts.account
        )
    if theirs.get("settled_at"):
        told["settled_at"] = datetime.fromisoformat(theirs["settled_at"])
    return replace(facts, **told)


def _new(theirs: Mapping[str, Any]) -> EntryFacts:
    told = {name: Decimal(theirs.get(name, "0.00")) for name in AMOUNTS}
    if "cash" not in theirs:
        told["cash"] = told["total"] - told["fund"] - told["account"]
    at = theirs.get("settled_at")
    noon = midnight(date.fromisoformat(theirs["day"])) + timedelta(hours=12)
    return EntryFacts(
        family=theirs["family"],
        number=theirs.get("setl_id") or theirs.get("msgid") or "",
        settled_at=datetime.fromisoformat(at) if at else noon,
        is_refund=bool(theirs.get("is_refund")) or told["total"] < ZERO,
        standing=Standing.SETTLED,
        person_no=theirs.get("person_no", ""),
        person=theirs.get("person", ""),
        **{
            name: theirs.get(name, "")
            for name in ("setl_id", "mdtrt_id", "msgid", "insutype", "clr_type", "clr_optins")
        },
        total=told["total"],
        fund=told["fund"],
        account=told["account"],
        cash=told["cash"],
    )
