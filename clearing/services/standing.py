"""查询清算申请: what the centre says about a scope's applications, and what follows from it here (manual 8.3)."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from clearing.actions import APPLICATION_CANCELLED, APPLICATION_DONE, APPLICATION_REFRESHED
from clearing.messages import ApplicationRow, QueryApplication
from clearing.models import Application, ApplicationState, ChangeKind, ClearingRow, RowState, Scope
from clearing.services.history import note, people
from clearing.services.scopes import locked
from portal.access.member import Member
from portal.audit import record
from portal.codes import code_list
from portal.gateway.journal import Ask, Operation
from portal.jobs import Job, start

ASK = "clearing.application_query"
HELD, APPROVED = "001", "approved"
CENTRE = "医保中心"


def request_application_query(scope: Scope, *, by: Member) -> Job:
    """Have a worker ask the centre about the scope's applications; joins a question that is on its way."""
    return begin_query(scope, by=by)


def begin_query(scope: Scope, *, by: Member) -> Job:
    params = {
        "environment": scope.environment,
        "year": scope.year,
        "insurance": scope.insurance,
        "agency": scope.agency,
    }
    key = f"{scope.environment}-{scope.key}"
    return start(ASK, key, by=by, title=f"查询清算申请：{scope}", params=params)


def ask_applications(scope: Scope, ask: Ask) -> tuple[list[ApplicationRow], datetime]:
    """The centre's applications of the scope, and when they were asked for; outside any transaction."""
    asked_at = timezone.now()
    reply = ask(QueryApplication(year=str(scope.year), aka080=scope.insurance, qsjg00=scope.agency))
    return reply.rows, asked_at


def take_applications(scope: Scope, rows: list[ApplicationRow], asked_at: datetime) -> None:
    """Bring ours up to the centre's: approved, cancelled by others, or submitted by others.

    What an operation of ours is deciding, or decided after the question, stays as it is.
    """
    locked(scope)
    ours = {one.application_no: one for one in Application.objects.filter(**scope.fields()).exclude(application_no="")}
    nameless = Application.objects.filter(
        **scope.fields(), state=ApplicationState.SUBMITTING, operation__state="done", application_no=""
    ).first()
    for row in rows:
        application = ours.get(row.application_no)
        if application is None and row.qssqzt == HELD:
            application = nameless or _adopted(scope, row)
            if application is None:
                continue
            accept(application, row.application_no)
        if application is not None:
            _take(application, row, asked_at)
    states = "、".join(f"{row.application_no} {_words(row)}" for row in rows) or "没有申请"
    record(APPLICATION_REFRESHED, None, by=None, scope=str(scope), states=states[:400])


def _take(application: Application, row: ApplicationRow, asked_at: datetime) -> None:
    application.centre_count, application.centre_disburse = row.row_count, row.disburse_amt
    application.audit_state, application.asked_at = row.audit_state, asked_at
    if application.note.startswith("医保中心已受理，"):
        application.note = ""
    decided_at = application.cancelled_at or application.applied_at
    settled = application.state in (ApplicationState.APPLIED, ApplicationState.APPROVED)
    if settled and (decided_at is None or decided_at <= asked_at):
        if row.qssqzt != HELD:
            end(application, "已在医保中心撤销（不是由本系统办理）")
            return
        _audited(application, asked_at if row.audit_state == APPROVED else None)
    application.save()


def _audited(application: Application, approved_at: datetime | None) -> None:
    """Approved since, or not approved (any more); only rows whose state changes get a line in their history."""
    approved = approved_at is not None
    application.state = ApplicationState.APPROVED if approved else ApplicationState.APPLIED
    application.audited_at = (application.audited_at or approved_at) if approved else None
    state = RowState.APPROVED if approved else RowState.APPLIED
    changing = _rows(application).filter(operation=None).exclude(state=state)
    kind, reason = ChangeKind(state), f"清算申请 {application.application_no}"
    note(changing, kind, who=CENTRE, after=str(state.label), reason=reason)
    changing.update(state=state)


def accept(application: Application, number: str) -> None:
    """The centre holds the application under this number; its rows are applied for."""
    now = timezone.now()
    _note(application, ChangeKind.APPLIED, application.operation, RowState.APPLIED, number)
    application.state, application.application_no, application.applied_at = ApplicationState.APPLIED, number, now
    _rows(application).update(state=RowState.APPLIED, operation=None, state_at=now)
    application.save()
    record(APPLICATION_DONE, application, by=None, scope=str(application.scope), number=number)


def end(application: Application, note_text: str) -> None:
    """The centre no longer holds the application: its rows are verified, as before."""
    now = timezone.now()
    application.state, application.cancelled_at, application.note = ApplicationState.CANCELLED, now, note_text
    application.audited_at = None
    application.save()
    operation = None if note_text else application.cancellation
    _note(application, ChangeKind.CANCELLED, operation, RowState.VERIFIED, application.application_no)
    _rows(application).update(state=RowState.VERIFIED, application=None, operation=None, state_at=now)
    record(APPLICATION_CANCELLED, application, by=None, number=application.application_no)


def _note(
    application: Application, kind: ChangeKind, operation: Operation | None, after: RowState, number: str
) -> None:
    """Into the history of the rows that are not in that state already; all of them are in one state."""
    rows = _rows(application).exclude(state=after)
    was = rows.values_list("state", flat=True).first()
    before = str(RowState(was).label) if was else ""
    who = people(operation) if operation else CENTRE
    note(rows, kind, operation=operation, who=who, before=before, after=str(after.label), reason=f"清算申请 {number}")


def _adopted(scope: Scope, row: ApplicationRow) -> Application | None:
    """An application that another program submitted; None while one of ours is unfinished in the scope."""
    if Application.objects.filter(**scope.fields(), state__in=ApplicationState.live()).exists():
        return None
    application = Application(
        environment=scope.environment,
        year=scope.year,
        insurance=scope.insurance,
        agency=scope.agency,
        count=row.row_count,
        medical_fee=row.medfee_sumamt,
        fund_due=row.fund_due_amt,
        disburse=row.disburse_amt,
        note="由其他程序提交，从医保中心取得",
    )
    applied = ClearingRow.objects.filter(**scope.fields(), state=RowState.APPLIED, application=None)
    application.application_no, application.state = row.application_no, ApplicationState.APPLIED
    application.save()
    applied.update(application=application)
    return application


def _rows(application: Application) -> QuerySet[ClearingRow]:
    return ClearingRow.objects.filter(application=application)


def _words(row: ApplicationRow) -> str:
    return code_list("clearing.audit_state").label(row.audit_state) or code_list("clearing.qssqzt").label(row.qssqzt)
