"""A run from its beginning to its end: our book, the totals, details where they are needed, the totals again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.gateway.national import NATIONAL
from portal.jobs import StandStill
from portal.ledger.facts import Span
from portal.ledger.gathering import gather
from portal.ledger.reading import ScopeSums
from reconciliation.models import Run, RunKind, RunState, Total, TotalState
from reconciliation.services import comparing
from reconciliation.services.applying import applications, apply_for
from reconciliation.services.blocking import blocked_by
from reconciliation.services.details import NoDetails, fetch_details, parts_of
from reconciliation.services.ending import conclude, finish, locked_run, refresh
from reconciliation.services.narrowing import TooMany
from reconciliation.services.refusals import Refused
from reconciliation.services.scopes import Key, added, key_of, scopes_of
from reconciliation.services.spans import halves
from reconciliation.services.totals import Means, ask_total

BROKEN = "后台任务中断，没有等到答复"


def reconcile(run_id: UUID, means: Means, *, by: Member | None) -> str:
    """Carry a run through; begun again after a crash it asks anew, which changes nothing. Its state in a word."""
    with means.door():
        run = Run.objects.get(pk=run_id)
        if run.state != RunState.RUNNING:
            return str(RunState(run.state).label)
        asked = Total.objects.filter(run=run, round=run.round, state=TotalState.ASKING, is_application=False)
        asked.update(state=TotalState.UNANSWERED, said=BROKEN)
    means.told(0, 0, "正在汇总本机构的结算账")
    gather(means.institution_id, run.environment, _span(run))
    if run.family != NATIONAL.name:
        return _with_their_book(run, means)
    scopes = _scopes(run, means)
    applied = _applied(run, means)
    open_scopes = [one for one in scopes if key_of(one) not in applied]
    wrong = _ask_all(run, open_scopes, means, step=1)
    note = ""
    if wrong:
        try:
            note = _details(run, wrong, means)
        except TooMany as error:
            return _failed(run, error.sentence, means)
        gather(means.institution_id, run.environment, _span(run))
        wrong = _ask_all(run, [one for one in _scopes(run, means) if key_of(one) in wrong], means, step=2)
    if run.kind == RunKind.MONTH:
        balanced = [one for one in open_scopes if key_of(one) not in wrong]
        note = "；".join(filter(None, (note, _apply(run, balanced, by, means))))
    with means.door():
        return str(RunState(conclude(run, note=note).state).label)


def _span(run: Run) -> Span:
    return Span(run.environment, run.begin, run.end)


def _scopes(run: Run, means: Means) -> list[ScopeSums]:
    """Our sums, scope by scope, which are written to the run as well."""
    with means.door():
        scopes = scopes_of(_span(run), run.family)
        whole = added(scopes, ("", "", ""))
        run = locked_run(run)
        run.ours_count, run.ours_refunds, run.pending = whole.count, whole.refunds, whole.open
        run.ours_total, run.ours_fund = whole.total, whole.fund
        run.ours_account, run.ours_cash = whole.account, whole.cash
        names = ("count", "refunds", "total", "fund", "account", "cash")
        run.save(update_fields=["pending", *(f"ours_{name}" for name in names)])
    return scopes


def _applied(run: Run, means: Means) -> set[Key]:
    """Scopes that nothing is asked about any more: of a month, what was applied for."""
    if run.kind != RunKind.MONTH:
        return set()
    with means.door():
        return set(applications(run.environment, run.family, run.begin, run.end))


def _ask_all(run: Run, scopes: list[ScopeSums], means: Means, *, step: int) -> set[Key]:
    """Ask about every scope, a month in halves; those that are not balanced. Balanced ones close their differences."""
    parts = halves(run.begin, run.end)
    wrong: set[Key] = set()
    for place, sums in enumerate(scopes):
        means.told(place, len(scopes), f"正在对总账：第 {place + 1} 个范围，共 {len(scopes)} 个")
        answers = [ask_total(run, _within(run, sums, part, means), *part, step=step, means=means) for part in parts]
        if all(one.state == TotalState.BALANCED for one in answers):
            with means.door():
                comparing.settle_balanced(run.pk, key_of(sums))
        else:
            wrong.add(key_of(sums))
    return wrong


def _within(run: Run, sums: ScopeSums, part: tuple[date, date], means: Means) -> ScopeSums:
    """The scope's sums in a part of the run's span."""
    if part == (run.begin, run.end):
        return sums
    with means.door():
        found = {key_of(one): one for one in scopes_of(Span(run.environment, *part), run.family)}
    return found.get(key_of(sums), ScopeSums(*key_of(sums)))


def _details(run: Run, wrong: set[Key], means: Means) -> str:
    """The detail account of every category and office that has a difference, then the comparison; what went wrong."""
    with means.door():
        rows = Total.objects.filter(run=run, round=run.round, step=1, state=TotalState.DIFFERENT)
        groups = sorted({(one.clr_type, one.clr_optins) for one in rows})
    problems = []
    for place, (clr_type, clr_optins) in enumerate(groups):
        means.told(place, len(groups), f"正在对明细账：第 {place + 1} 个清算类别，共 {len(groups)} 个")
        for part in parts_of(run, clr_type, clr_optins, means=means):
            try:
                fetch_details(part, means=means)
            except NoDetails as error:
                problems.append(error.sentence)
    if groups:
        means.told(0, 0, "正在逐笔比对")
        try:
            with means.door():
                _note_compared(run, comparing.compare_run(run.pk))
        except TooMany as error:
            raise TooMany("；".join(dict.fromkeys([*problems, error.sentence]))) from None
    return "；".join(dict.fromkeys(problems))


def _failed(run: Run, note: str, means: Means) -> str:
    """The run ends here: what it would go on from is not another state of the same books."""
    with means.door():
        run = locked_run(run)
        finish(run, RunState.FAILED, note)
        refresh(run)
        return str(RunState(run.state).label)


def _note_compared(run: Run, compared: comparing.Compared) -> None:
    told = compared.sums
    Run.objects.filter(pk=run.pk).update(
        counts=compared.as_json(),
        theirs_count=told.count if told else None,
        theirs_total=told.total if told else None,
        theirs_fund=told.fund if told else None,
    )


def _apply(run: Run, balanced: list[ScopeSums], by: Member | None, means: Means) -> str:
    """Apply for what is balanced, unless something of the month is open; why it was not done."""
    if not balanced:
        return ""
    with means.door():
        if count := blocked_by(run.environment, run.family, run.begin, run.end):
            return f"本月还有 {count} 项未处理，没有申请清算"
        if by is None or by.user is None:
            return "整月对账由人员发起后才会申请清算"
        for sums in balanced:
            try:
                apply_for(locked_run(run), sums, by=by, today=timezone.localdate())
            except (Refused, StandStill) as refusal:
                return refusal.sentence
    return ""


def _with_their_book(run: Run, means: Means) -> str:
    """Another gateway: there is no total account, its own records are laid beside ours."""
    _scopes(run, means)
    note, state = "", RunState.BALANCED
    try:
        compared = comparing.compare_family(run.pk, means)
    except (comparing.NoBook, TooMany) as error:
        note, state = error.sentence, RunState.FAILED
    with means.door():
        run = locked_run(run)
        if not note:
            _note_compared(run, compared)
            run = locked_run(run)
        finish(run, state, note)
        refresh(run)
        return str(RunState(run.state).label)
