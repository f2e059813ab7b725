from django.urls import path

from clearing.api import applications, months, papers, refunds, rows, steps

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
    path("verifications", rows.Verifications.as_view(), name="verifications"),
    path("verification-cancellations", rows.VerificationCancellations.as_view(), name="verification-cancellations"),
    path("applications", applications.Applications.as_view(), name="applications"),
    path("application-cancellations", applications.Cancellations.as_view(), name="application-cancellations"),
    path("refunds", refunds.Refunds.as_view(), name="refunds"),
    path("refund-fetches", refunds.RefundFetches.as_view(), name="refund-fetches"),
    *(
        path(f"papers/{name}.{fmt}", papers.paper_view(kind, fmt).as_view(), name=f"{name}-{fmt}")
        for kind, name in papers.ADDRESSES.items()
        for fmt in ("pdf", "xlsx")
    ),
]
