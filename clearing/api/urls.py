from django.urls import path

from clearing.api import applications, papers, rows, steps

app_name = "clearing-api"
urlpatterns = [
    path("rows", rows.Rows.as_view(), name="rows"),
    path("rows/<uuid:row_id>", rows.OneRow.as_view(), name="row"),
    path("acceptances", rows.Acceptances.as_view(), name="acceptances"),
    path("generations", steps.Generations.as_view(), name="generations"),
    path("fetches", steps.Fetches.as_view(), name="fetches"),
    path("revocations", steps.Revocations.as_view(), name="revocations"),
    path("verifications", rows.Verifications.as_view(), name="verifications"),
    path("verification-cancellations", rows.VerificationCancellations.as_view(), name="verification-cancellations"),
    path("applications", applications.Applications.as_view(), name="applications"),
    path("application-cancellations", applications.Cancellations.as_view(), name="application-cancellations"),
    path("papers/disbursement.pdf", papers.DisbursementPdf.as_view(), name="disbursement-pdf"),
    path("papers/disbursement.xlsx", papers.DisbursementXlsx.as_view(), name="disbursement-xlsx"),
]
