"""Which calls an acceptance run makes, in which order, and what each of them shows. Pure.

A run has a set of enabled numbers. A step is made when its number is enabled; what it needs is made before it, and
what takes its effect back is made at the end, enabled or not (`support`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "signing": "签到签退",
        "identity": "人员识别",
        "pharmacy": "药店购药",
        "outpatient": "门诊结算",
        "inpatient": "住院结算",
        "filings": "人员备案",
        "uploads": "采集上传",
        "queries": "信息查询",
        "catalogue": "目录下载",
    }
)
#: What a call is expected to come to: it succeeds, the centre refuses it, or it is refused here before it is sent.
PASS, REFUSED, HELD = "pass", "refused", "held"
EXPECTED: Mapping[str, str] = MappingProxyType({PASS: "成功", REFUSED: "中心拒绝", HELD: "发送前拦下"})
#: Not part of an acceptance run: the reconciliation and the cross-region months have their own pages.
ELSEWHERE = frozenset({"3201", "3202", "3260", "3261", "3262"})


@dataclass(frozen=True, slots=True)
class Step:
    """One call. `key` is unique; `needs` names steps that must have succeeded.

    `undoes` names steps of which at least one must have succeeded: this one takes them back. It is not made when one of
    `unless` has taken them back already. `follows`: made whenever that step is made; `helps`: made only when
    another one needs it. `asks` is what must have been given for the run, e.g. a fresh e-voucher code.
    """

    key: str
    number: str
    family: str
    purpose: str
    expects: str = PASS
    needs: tuple[str, ...] = ()
    undoes: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    follows: str = ""
    helps: bool = False
    asks: str = ""
    support: bool = False

    @property
    def stands_alone(self) -> bool:
        """Whether it is made for its own number's sake."""
        return not (self.undoes or self.follows or self.helps)


def planned(script: Iterable[Step], enabled: Collection[str]) -> list[Step]:
    """The steps of a run in their order: those whose number is enabled, what they need, what takes them back."""
    steps = {one.key: one for one in script}
    wanted = _grown({one.key for one in steps.values() if one.number in enabled and one.stands_alone}, steps)
    numbers = {one.number for one in steps.values()}
    for number in sorted(enabled):  # an undoing that is enabled alone brings what it undoes
        if not any(steps[key].number == number for key in wanted):
            undoing = [one for one in steps.values() if one.number == number and one.undoes]
            first = sorted(undoing, key=lambda one: f"{steps[one.undoes[0]].number}A" in numbers)
            wanted = _grown(wanted | {one.undoes[0] for one in first[:1]}, steps)
    return [replace(one, support=one.number not in enabled) for one in steps.values() if one.key in wanted]


def _grown(wanted: set[str], steps: Mapping[str, Step]) -> set[str]:
    """With everything that these steps need, that follows them, and that takes them back."""
    while True:
        more = {key for one in wanted for key in steps[one].needs if key in steps}
        more |= {one.key for one in steps.values() if wanted & set(one.undoes) or one.follows in wanted}
        if more <= wanted:
            return wanted
        wanted = wanted | more


def families_of(script: Iterable[Step]) -> dict[str, list[str]]:
    """The numbers of each family, each in the one where it is called for its own sake."""
    homes: dict[str, str] = {}
    for one in sorted(script, key=lambda one: bool(one.follows or one.helps)):  # these come with another family's
        homes.setdefault(one.number, one.family)
    return {family: sorted(number for number, home in homes.items() if home == family) for family in FAMILIES}


def usual(numbers: Collection[str], first: Collection[str]) -> set[str]:
    """What is enabled at first: the province's first list, with the A variant alone where both are there."""
    return {one for one in numbers if one in first and f"{one}A" not in numbers}


def obstacle(step: Step, done: Mapping[str, bool], given: Collection[str], title: Callable[[str], str]) -> str:
    """Why this step cannot be made now, in a sentence; empty when it can. `done`: step → whether it succeeded."""
    if step.asks and step.asks not in given:
        return {"voucher": "没有提供医保电子凭证码"}.get(step.asks, "没有提供所需的内容")
    for key in step.needs:
        if not done.get(key, False):
            return f"前一步“{title(key)}”没有成功"
    if step.undoes and not any(done.get(key, False) for key in step.undoes):
        return f"没有需要撤回的结果（“{title(step.undoes[0])}”没有成功）"
    if taken := next((key for key in step.unless if done.get(key, False)), ""):
        return f"已由“{title(taken)}”撤回"
    return ""
