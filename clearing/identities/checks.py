"""What a clerk should know before an application is submitted. Rules are pure: a scene in, issues out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from clearing.identities.scene import SEVERITIES, ZERO, Case, Issue, Line, Provider, Scene, Severity

MONTHLY = "fund_due_is_monthly_sum"
CHANGED = "changed_after_verification"


def obstacles(scene: Scene) -> Iterator[Issue]:
    """What forbids the application as such."""
    for sentence in scene.obstacles:
        yield Issue("obstacles", "block", "现在不能提交", sentence)


def months_do_not_add_up(scene: Scene) -> Iterator[Issue]:
    """The months' sums are not the year's row."""
    found = [(line, one) for line in scene.lines for one in line.broken if one.rule == MONTHLY and not line.accepted]
    told = {line.key for line, _ in found}
    cases = [_case(line, one.expected, one.found) for line, one in found]
    cases += [
        _case(line, "各月人次、医疗费、月结已付合计", "与年度数据不一致")
        for line in scene.lines
        if line.months == "differs" and line.key not in told and not line.accepted
    ]
    blocking = any(line.verified for line, _ in found)
    sentence = "年度数据不等于各月结算之和。请核对月结对照，与医保中心核实后由复核人员接受，或更正后重新获取。"
    yield from _issue(
        "months", "block" if blocking else "warn", "各月合计与年度不符", sentence, cases, "各月合计", "年度数据"
    )


def identities_break(scene: Scene) -> Iterator[Issue]:
    """Findings that nobody has accepted: such a row cannot be verified; once verified, they forbid to apply."""
    for verified in (True, False):
        cases = [
            _case(line, f"{one.label} {one.expected}", one.found)
            for line in scene.lines
            for one in line.broken
            if line.verified == verified and not line.accepted and one.rule not in (MONTHLY, CHANGED)
        ]
        if verified:
            sentence = "已核对的数据出现新的差异，复核人员接受或撤销核对之前不能提交。"
            yield from _issue("broken_verified", "block", "已核对的数据不平", sentence, cases, "应为", "中心数据")
        else:
            sentence = "核算不一致的数据不能核对，不会纳入申请。须复核人员写明理由接受，或请医保中心更正。"
            yield from _issue("broken", "warn", "核算不一致，未接受", sentence, cases, "应为", "中心数据")


def changed_after_verification(scene: Scene) -> Iterator[Issue]:
    """The centre changed a figure after the row was verified here."""
    for accepted in (False, True):
        cases = [
            _case(line, f"{one.label} {one.expected}", one.found)
            for line in scene.lines
            for one in line.broken
            if one.rule == CHANGED and bool(line.accepted) == accepted
        ]
        if accepted:
            sentence = "核对之后医保中心改动过，复核人员已接受新的数据。"
            yield from _issue("changed_accepted", "info", "核对后有改动，已接受", sentence, cases, "核对时", "现在")
        else:
            sentence = "核对之后医保中心改动了数据。复核人员接受新数据或撤销核对之前不能提交。"
            yield from _issue("changed_verified", "block", "核对后有改动，未接受", sentence, cases, "核对时", "现在")


def accepted_differences(scene: Scene) -> Iterator[Issue]:
    """Differences that a reviewer took responsibility for."""
    cases = [
        _case(line, f"{one.label} {one.expected}", f"{one.found}（{line.accepted}）")
        for line in scene.lines
        for one in line.broken
        if line.accepted and one.rule != CHANGED
    ]
    sentence = "复核人员已写明理由接受，按医保中心数据办理。"
    yield from _issue("accepted", "info", "有差异，已接受", sentence, cases, "应为", "中心数据和理由")


def unverified(scene: Scene) -> Iterator[Issue]:
    """Only verified rows enter (8.1)."""
    cases = [_case(line, "", "") for line in scene.lines if not line.verified]
    sentence = "未核对的数据不会纳入本次申请；要一并申请，请先核对。"
    yield from _issue("unverified", "warn", "尚未核对", sentence, cases)


def duplicates(scene: Scene) -> Iterator[Issue]:
    """The same institution, region, visit type and clearing type twice."""
    groups: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in scene.lines:
        groups[line.provider_code, line.region, line.visit_type, line.clearing_type].append(line)
    cases = [
        _case(line, "1 条", f"{len(group)} 条（{line.row_id}）")
        for group in groups.values()
        if len(group) > 1
        for line in group
    ]
    sentence = "同一机构、统筹区、就诊类型和清算类别出现多条，可能重复拨付，请与医保中心核实。"
    yield from _issue("duplicates", "warn", "疑似重复", sentence, cases, "应为", "现有")


def negative(scene: Scene) -> Iterator[Issue]:
    """The institution pays back."""
    cases = [_case(line, "", f"{line.disburse:,.2f}") for line in scene.lines if line.disburse < 0]
    sentence = "拨付金额为负数，表示该机构须退回，请确认扣款。"
    yield from _issue("negative", "warn", "拨付金额为负", sentence, cases, "", "拨付金额")


def zero(scene: Scene) -> Iterator[Issue]:
    """Nothing is due and nothing is paid."""
    cases = [_case(line, "", "0.00") for line in scene.lines if not line.fund_due and not line.disburse]
    sentence = "基金应付和拨付金额都是 0，请确认是否确实没有业务。"
    yield from _issue("zero", "info", "金额为零", sentence, cases, "", "拨付金额")


def far_from_last_year(scene: Scene) -> Iterator[Issue]:
    """An institution's amount due is far from last year's; both thresholds must be passed."""
    limits, cases = scene.thresholds, []
    for code, lines in _by_provider(scene.lines).items():
        before = scene.last_year.get(code)
        if before is None:
            continue
        now = sum((line.fund_due for line in lines), ZERO)
        off = abs(now - before.due)
        if off > limits.yuan and off > abs(before.due) * limits.share:
            keys = tuple(line.key for line in lines)
            percent = f"，{(now - before.due) / before.due * 100:+.0f}%" if before.due else ""
            name, amount = lines[0].provider_name, sum((line.disburse for line in lines), ZERO)
            cases.append(
                Case(keys, code, name, f"{len(lines)} 条", f"{before.due:,.2f}", f"{now:,.2f}{percent}", amount)
            )
    sentence = (
        f"机构的基金应付合计与上年相差超过 {limits.share:.0%} 且超过 {limits.yuan:,.2f} 元，请确认业务量确有变化。"
    )
    yield from _issue("far", "warn", "与上年相差较大", sentence, cases, "上年基金应付", "本年基金应付")


def providers_without_rows(scene: Scene) -> Iterator[Issue]:
    """Institutions that had rows last year or have months this year, but no row here."""
    cases = _missing(scene, [*scene.last_year.values(), *(one for one in scene.elsewhere if one.has_months)])
    sentence = "这些机构上年清算过，或本年有月结，这次清算中没有数据，请确认没有遗漏。"
    yield from _issue("missing", "warn", "没有数据的机构", sentence, cases, "基金应付", "本次清算")


def providers_of_the_other_insurance(scene: Scene) -> Iterator[Issue]:
    """Institutions that have rows of the other insurance this year, but none of this one."""
    known = {one.code for one in (*scene.last_year.values(), *(one for one in scene.elsewhere if one.has_months))}
    others = [one for one in scene.elsewhere if not one.has_months and one.code not in known]
    cases, sentence = _missing(scene, others), "这些机构只在另一险种中有数据，供参考。"
    yield from _issue("missing_other", "info", "只有另一险种的机构", sentence, cases, "基金应付", "本次清算")


def _missing(scene: Scene, known: Iterable[Provider]) -> list[Case]:
    here = {line.provider_code for line in scene.lines}
    return [
        Case((), one.code, one.name, one.where, f"{one.due:,.2f}", "没有数据", ZERO, one.year, one.insurance)
        for one in sorted(known, key=lambda one: (one.code, one.where))
        if here and one.code not in here
    ]


def changed_by_last_fetch(scene: Scene) -> Iterator[Issue]:
    """What the last fetch changed, added or took away."""
    cases = [_case(line, "", "") for line in scene.lines if line.key in scene.fresh]
    gone = f"另有 {scene.gone} 条已不在中心。" if scene.gone else ""
    if cases or gone:
        sentence = f"最近一次获取时新增或变动的数据。{gone}可在“获取对比”中逐项查看。"
        yield Issue("fresh", "info", "最近一次获取的变动", sentence, tuple(cases))


def months_unknown(scene: Scene) -> Iterator[Issue]:
    """Rows whose months nobody read, or that have none: that identity could not be checked."""
    for result, title, sentence in (
        ("unread", "月结未获取", "没有取得月结汇总，无法核对各月合计；请重新获取。"),
        ("none", "没有月结", "医保中心没有这些数据的月结，无法核对各月合计，请确认。"),
    ):
        cases = [_case(line, "", "") for line in scene.lines if line.months == result]
        yield from _issue(f"months_{result}", "info" if result == "unread" else "warn", title, sentence, cases)


def stale(scene: Scene) -> Iterator[Issue]:
    """What is here may no longer be what the centre has."""
    if scene.lines and scene.age is not None and scene.age > scene.thresholds.hours:
        ago = f"{scene.age / 24:.0f} 天" if scene.age >= 48 else f"{scene.age:.0f} 小时"
        sentence = f"数据是 {ago}前获取的，医保中心可能已有变动，请先重新获取再提交。"
        yield Issue("stale", "warn", "数据较旧", sentence)


Rule = Callable[[Scene], Iterable[Issue]]
RULES: tuple[Rule, ...] = (
    obstacles,
    identities_break,
    months_do_not_add_up,
    changed_after_verification,
    stale,
    unverified,
    providers_without_rows,
    providers_of_the_other_insurance,
    far_from_last_year,
    duplicates,
    negative,
    months_unknown,
    changed_by_last_fetch,
    accepted_differences,
    zero,
)


def issues(scene: Scene, rules: tuple[Rule, ...] = RULES) -> tuple[Issue, ...]:
    """Everything that the rules find: what blocks first, then what warns, then what informs."""
    found = [issue for rule in rules for issue in rule(scene)]
    order = list(SEVERITIES)
    return tuple(sorted(found, key=lambda issue: order.index(issue.severity)))


def _issue(
    rule: str,
    severity: Severity,
    title: str,
    sentence: str,
    cases: list[Case],
    expected_label: str = "",
    found_label: str = "",
) -> Iterator[Issue]:
    if cases:
        yield Issue(rule, severity, title, sentence, tuple(cases), expected_label, found_label)


def _case(line: Line, expected: str, found: str) -> Case:
    return Case((line.key,), line.provider_code, line.provider_name, line.what, expected, found, line.disburse)


def _by_provider(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.provider_code].append(line)
    return found
