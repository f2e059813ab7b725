"""The rules that say what a group of lines is: pure, the first that answers explains the group.

They know both books alike: swap the sides, and the same is found the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localtime

from reconciliation.models import DifferenceKind, Proposal
from reconciliation.rules.groups import Found, Group, grouped
from reconciliation.rules.lines import (
    DOUBTFUL,
    OTHER_DAY,
    OTHER_SCOPE,
    PENDING,
    FieldGap,
    Line,
    amount_gaps,
    gap_between,
)

Rule = Callable[[Group], Found | None]
#: How near to midnight a settlement may be counted under the other day: clocks of two houses.
EDGE = timedelta(minutes=10)
DIFFERS = "differs"


def is_nobody(group: Group) -> Found | None:
    """The centre repeats a line that we do not have: it cannot be told what it is about."""
    if group.ours or group.held:
        return None
    return _found(group, DifferenceKind.UNREADABLE, Proposal.ACCEPT, note="中心结果中的这条记录无法对应到任何一笔结算")


def is_doubtful(group: Group) -> Found | None:
    """A settlement of unknown outcome, and what the centre shows of it: that is evidence."""
    doubtful = [one for one in group.lines if one.standing == DOUBTFUL]
    if not doubtful:
        return None
    shown = [one for one in group.lines if one.standing != DOUBTFUL]
    if not shown:
        note = "中心没有这笔结算：可作为没有发生的依据，重新办理"
        return _found(group, DifferenceKind.DOUBTFUL, Proposal.RESEND, note=note)
    fields = amount_gaps(doubtful[0], shown[0]) if len(shown) == 1 else ()
    if len(shown) == 1 and not fields:
        note = "中心有这笔结算，金额与申报一致：建议以中心为准登记"
        return _found(group, DifferenceKind.DOUBTFUL, Proposal.ADOPT, note=note)
    note = "中心有这笔结算，但金额不同：建议冲正" if fields else "中心有多笔：建议冲正后重新办理"
    return _found(group, DifferenceKind.DOUBTFUL, Proposal.REVERSE, fields, note)


def is_pending(group: Group) -> Found | None:
    """Under way on one side: it ends by itself and is no exception."""
    if not any(one.standing == PENDING for one in group.lines):
        return None
    return _found(group, DifferenceKind.PENDING, Proposal.WAIT, note="尚在办理，结束后再对")


def is_twice(group: Group) -> Found | None:
    """More than one line on a side."""
    mine, other = len(group.ours), len(group.held)
    if mine <= 1 and other <= 1:
        return None
    count = FieldGap("count", "笔数", str(mine), str(other))
    proposal = Proposal.REVERSE if other > mine else Proposal.ADOPT
    side = "中心" if other > mine else "本机构"
    note = f"{side}有 {max(mine, other)} 笔{'，另一方 ' + str(min(mine, other)) + ' 笔' if mine != other else ''}"
    return _found(group, DifferenceKind.TWICE, proposal, (count,), note)


def is_twice_for_a_visit(group: Group) -> Found | None:
    """The centre has a settlement that we do not know, of a visit that we settled with the same amount."""
    if group.ours or not group.held or not group.held[0].sibling:
        return None
    count = FieldGap("count", "笔数", "1", "2")
    note = f"同一次就诊中心另有相同金额的结算 {group.held[0].sibling}，可能重复结算"
    return _found(group, DifferenceKind.TWICE, Proposal.REVERSE, (count,), note)


def is_over_midnight(group: Group) -> Found | None:
    """Counted under different days: on both sides, or on one, so near to midnight that the other day may have it."""
    mine, other = group.ours, group.held
    if mine and other:
        if not any(one.outside == OTHER_DAY for one in group.lines):
            return None
        gaps = _day_gap(group)
        note = (
            "两边记在不同的日期；两天合计无差异"
            if not amount_gaps(mine[0], other[0])
            else "两边记在不同的日期，金额也不同"
        )
        return _found(
            group, DifferenceKind.OVER_MIDNIGHT, Proposal.ACCEPT, (*gaps, *amount_gaps(mine[0], other[0])), note
        )
    alone = (*mine, *other)[0]
    if alone.is_echo or not _near_edge(alone.settled_at, group):
        return None
    moment = f"{localtime(alone.settled_at):%Y-%m-%d %H:%M:%S}" if alone.settled_at else ""
    note = f"{moment} 临近零点，另一方可能记在相邻的日期：请等相邻日期对账后再看"
    return _found(group, DifferenceKind.OVER_MIDNIGHT, Proposal.WAIT, _day_gap(group), note)


def is_in_other_scope(group: Group) -> Found | None:
    """Both have it, under another insurance, clearing category or office."""
    if not group.ours or not group.held:
        return None
    mine, other = group.ours[0], group.held[0]
    fields = tuple(
        FieldGap(name, label, getattr(mine, name), getattr(other, name))
        for name, label in (("insutype", "险种"), ("clr_type", "清算类别"), ("clr_optins", "清算经办机构"))
        if getattr(mine, name) and getattr(other, name) and getattr(mine, name) != getattr(other, name)
    )
    if not fields and not any(one.outside == OTHER_SCOPE for one in group.lines):
        return None
    fields = fields or (FieldGap("scope", "对账范围", mine.clr_type, other.clr_type),)
    note = "两边记在不同的险种、清算类别或经办机构下"
    return _found(group, DifferenceKind.OTHER_SCOPE, Proposal.ACCEPT, (*fields, *amount_gaps(mine, other)), note)


def is_on_one_side(group: Group) -> Found | None:
    """Only one book has it; of a refund that means money was given back on one side only."""
    if group.ours and group.held:
        return None
    is_ours = bool(group.ours)
    alone = (*group.ours, *group.held)[0]
    total = "" if alone.total is None else f"{alone.total:.2f}"
    fields = (
        FieldGap("total", "医疗费总额", total if is_ours else "", "" if is_ours else total, _signed(alone, is_ours)),
    )
    proposal = Proposal.RESEND if is_ours else Proposal.ADOPT
    if alone.is_refund:
        note = "本机构已退费，中心没有" if is_ours else "中心已退费，本机构没有"
        return _found(group, DifferenceKind.REFUND_ONE_SIDE, proposal, fields, note)
    kind = DifferenceKind.ONLY_OURS if is_ours else DifferenceKind.ONLY_THEIRS
    return _found(group, kind, proposal, fields)


def has_other_amounts(group: Group) -> Found | None:
    """Both have it, and an amount differs; or the centre says that it differs and does not say by what."""
    mine, other = group.ours[0], group.held[0]
    fields = amount_gaps(mine, other)
    if fields:
        return _found(group, DifferenceKind.AMOUNT, Proposal.ADOPT, fields)
    if DIFFERS in (mine.verdict, other.verdict):
        told = mine.total is not None and other.total is not None
        note = "中心判为不一致，但所给金额与本机构相同" if told else "中心判为不一致，没有给出金额"
        verdict = FieldGap("verdict", "中心对账结果", "", "不一致")
        return _found(group, DifferenceKind.AMOUNT, Proposal.ACCEPT, (verdict,), note)
    return None


#: In this order; a group that no rule explains agrees.
RULES: tuple[Rule, ...] = (
    is_nobody,
    is_doubtful,
    is_pending,
    is_twice,
    is_twice_for_a_visit,
    is_over_midnight,
    is_in_other_scope,
    is_on_one_side,
    has_other_amounts,
)


def explain(group: Group) -> Found | None:
    """What the first rule says that has something to say; None when both books agree."""
    return next((found for rule in RULES if (found := rule(group)) is not None), None)


def compare(
    ours: Iterable[Line],
    theirs: Iterable[Line],
    *,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Iterator[Found]:
    """Every difference of two books; lines that agree may be left out of both beforehand."""
    for group in grouped(ours, theirs, begins_at, ends_at):
        found = explain(group)
        if found is not None:
            yield found


def _found(
    group: Group, kind: DifferenceKind, proposal: Proposal, fields: tuple[FieldGap, ...] = (), note: str = ""
) -> Found:
    said = f"中心说明：{group.memo}" if group.memo else ""
    told = "；".join(part for part in (note, said) if part)
    return Found(kind, group.ours, group.theirs, fields, gap_between(group.ours, group.theirs), proposal, told)


def _signed(line: Line, is_ours: bool) -> Decimal | None:
    if line.total is None:
        return None
    return line.total if is_ours else -line.total


def _near_edge(moment: datetime | None, group: Group) -> bool:
    """Just after the beginning, or just before the end of the days compared."""
    if moment is None:
        return False
    begins, ends = group.begins_at, group.ends_at
    after = begins is not None and timedelta(0) <= moment - begins < EDGE
    before = ends is not None and timedelta(0) < ends - moment <= EDGE
    return after or before


def _day_gap(group: Group) -> tuple[FieldGap, ...]:
    mine = next((f"{one.day}" for one in group.ours if one.day), "")
    other = next((f"{one.day}" for one in group.held if one.day), "")
    if group.held and not other and group.begins_at is not None:
        other = f"{localtime(group.begins_at):%Y-%m-%d}"
    return (FieldGap("day", "结算日期", mine, other),)
