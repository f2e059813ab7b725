"""核拨表 (9.1): the rows that were applied for, with the application's number."""

from datetime import datetime

from django.db.models import Max, QuerySet

from clearing.models import Application, ApplicationState, ClearingRow, RowState, Scope
from clearing.papers.source import Source, dates_of

ORDER = ("region", "provider_code", "visit_type", "clearing_type", "row_id")


def disbursement_rows(scope: Scope) -> QuerySet[ClearingRow]:
    """The rows that stand on the scope's disbursement table: those applied for, in the table's order."""
    rows = ClearingRow.objects.filter(**scope.fields(), state__in=[RowState.APPLIED, RowState.APPROVED])
    return rows.order_by(*ORDER)


def _missing(scope: Scope) -> str:
    return f"{scope}没有已申请的清算数据，请先提交清算申请并等待受理"


def _facts(scope: Scope) -> tuple[tuple[str, str], ...]:
    held = Application.objects.filter(**scope.fields(), state__in=ApplicationState.held()).exclude(application_no="")
    numbers = "、".join(held.order_by("agency").values_list("application_no", flat=True))
    return dates_of(scope.year), *([("清算申请编号", numbers)] if numbers else [])


def _changed_at(scope: Scope) -> datetime | None:
    newest = ClearingRow.objects.filter(**scope.fields()).aggregate(state=Max("state_at"), fetched=Max("fetched_at"))
    return max((moment for moment in newest.values() if moment), default=None)


SOURCE = Source(ORDER, disbursement_rows, _missing, _facts, _changed_at)
