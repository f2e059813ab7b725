from django.urls import path

from clearing.api import applications, checks, cross_region, due_papers, months, papers, refunds, rows, steps

app_name = "clearing-api"
urlpatterns = [
    path("rows", rows.Rows.as_view(), name="rows"),
    path("rows/<uuid:row_id>", rows.OneRow.as_view(), name="row"),
    path("acceptances", rows.Acceptances.as_view(), name="acceptances"),
    path("generations", steps.Generations.as_view(), name="generations"),
    path("fetches", steps.Fetches.as_view(), name="fetches"),
    path("revocations", steps.Revocations.as_view(), name="revocations"),
    path("monthly-summaries", months.MonthlySummaries.as_view(), name="monthly-summaries"),
    path("monthly-details", months.MonthlyDetails.as_view(), name="monthly-details"),
    path("monthly-fetches", months.MonthlyFetches.as_view(), name="monthly-fetches"),
    path("cross-region/months", cross_region.CrossRegionMonths.as_view(), name="cross-region-months"),
    path("cross-region/fetches", cross_region.CrossRegionFetches.as_view(), name="cross-region-fetches"),
    path("cross-region/rows", cross_region.CrossRegionRows.as_view(), name="cross-region-rows"),
    path("cross-region/rows/<uuid:row_id>", cross_region.OneCrossRegionRow.as_view(), name="cross-region-row"),
    path("cross-region/decisions", cross_region.CrossRegionDecisions.as_view(), name="cross-region-decisions"),
    path(
        "cross-region/confirmations",
        cross_region.CrossRegionConfirmations.as_view(),
        name="cross-region-confirmations",
    ),
    path("cross-region/roll-backs", cross_region.CrossRegionRollBacks.as_view(), name="cross-region-roll-backs"),
    path("verifications", rows.Verifications.as_view(), name="verifications"),
    path("verification-cancellations", rows.VerificationCancellations.as_view(), name="verification-cancellations"),
    path("applications", applications.Applications.as_view(), name="applications"),
    path("application-checks", checks.ApplicationChecks.as_view(), name="application-checks"),
    path("application-cancellations", applications.Cancellations.as_view(), name="application-cancellations"),
    path("refunds", refunds.Refunds.as_view(), name="refunds"),
    path("refund-fetches", refunds.RefundFetches.as_view(), name="refund-fetches"),
    *(
        path(f"papers/{name}.{fmt}", papers.paper_view(kind, fmt).as_view(), name=f"{name}-{fmt}")
        for kind, name in papers.ADDRESSES.items()
        for fmt in ("pdf", "xlsx")
    ),
    path("due-papers", due_papers.AllDuePapers.as_view(), name="due-papers"),
    path("due-papers/prints", due_papers.DuePrints.as_view(), name="due-papers-prints"),
    path("due-papers/prints/<uuid:job_id>", due_papers.OnePrint.as_view(), name="due-papers-print"),
    path("due-papers/prints/<uuid:job_id>/file", due_papers.PrintFile.as_view(), name="due-papers-file"),
]
