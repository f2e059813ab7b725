"""Addresses of reconciliation below /api/v1/reconciliation/."""

from django.urls import URLPattern, URLResolver, path

from reconciliation.api import differences, entries

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
    path("decisions", differences.ManyDecisions.as_view(), name="decisions"),
    path("decisions/<uuid:decision_id>/approve", differences.DecisionApprovals.as_view(), name="decision-approve"),
    path("decisions/<uuid:decision_id>/refuse", differences.DecisionRefusals.as_view(), name="decision-refuse"),
    path("decisions/<uuid:decision_id>/withdraw", differences.DecisionWithdrawals.as_view(), name="decision-withdraw"),
]
