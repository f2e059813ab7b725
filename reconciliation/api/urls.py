"""Addresses of reconciliation below /api/v1/reconciliation/."""

from django.urls import URLPattern, URLResolver, path

from reconciliation.api import differences, entries, runs

app_name = "reconciliation-api"
urlpatterns: list[URLPattern | URLResolver] = []

# --- the book of settled money
urlpatterns += [
    path("entries", entries.Entries.as_view(), name="entries"),
    path("entries/<uuid:entry_id>", entries.OneEntry.as_view(), name="entry"),
]

# --- differences and their decisions
urlpatterns += [
    path("differences", differences.Differences.as_view(), name="differences"),
    path("differences/<uuid:difference_id>", differences.OneDifference.as_view(), name="difference"),
    path(
        "differences/<uuid:difference_id>/decisions",
        differences.DifferenceDecisions.as_view(),
        name="difference-decisions",
    ),
    path(
        "differences/<uuid:difference_id>/comments",
        differences.DifferenceComments.as_view(),
        name="difference-comments",
    ),
    path(
        "differences/<uuid:difference_id>/assignments",
        differences.DifferenceAssignments.as_view(),
        name="difference-assignments",
    ),
    path("decisions", differences.Decisions.as_view(), name="decisions"),
    path("decisions/<uuid:decision_id>", differences.OneDecision.as_view(), name="decision"),
    path("decisions/<uuid:decision_id>/approve", differences.DecisionApprovals.as_view(), name="decision-approve"),
    path("decisions/<uuid:decision_id>/refuse", differences.DecisionRefusals.as_view(), name="decision-refuse"),
    path("decisions/<uuid:decision_id>/withdraw", differences.DecisionWithdrawals.as_view(), name="decision-withdraw"),
]

# --- runs and months
urlpatterns += [
    path("runs", runs.Runs.as_view(), name="runs"),
    path("runs/<uuid:run_id>", runs.OneRun.as_view(), name="run"),
    path("runs/<uuid:run_id>/rounds", runs.RunRounds.as_view(), name="run-rounds"),
    path("months/<int:year>/<int:month>", runs.OneMonth.as_view(), name="month"),
]
