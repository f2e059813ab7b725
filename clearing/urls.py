from django.urls import path

from clearing.views import applications, generation, papers, rows, verification

app_name = "clearing"
urlpatterns = [
    path("generations/", generation.generation_request, name="generation-request"),
    path("generations/progress/", generation.generation_progress, name="generation-progress"),
    path("generations/fetch/", generation.fetch, name="fetch"),
    path("generations/revoke/", generation.generation_revoke, name="generation-revoke"),
    path("rows/", rows.row_list, name="row-list"),
    path("rows/<uuid:row_id>/", rows.row_detail, name="row-detail"),
    path("rows/<uuid:row_id>/accept/", rows.accept, name="accept"),
    path("verification/", verification.verification_list, name="verification-list"),
    path("verification/verify/", verification.verify, name="verify"),
    path("verification/cancel/", verification.unverify, name="unverify"),
    path("applications/", applications.application_list, name="application-list"),
    path("applications/submit/", applications.application_submit, name="application-submit"),
    path("applications/cancel/", applications.application_cancel, name="application-cancel"),
    path("applications/<uuid:application_id>/", applications.application_detail, name="application-detail"),
    path("applications/<uuid:application_id>/query/", applications.application_query, name="application-query"),
    path("papers/disbursement/", papers.disbursement, name="disbursement"),
    path("papers/disbursement/preview/", papers.disbursement_preview, name="disbursement-preview"),
    path("papers/disbursement/download/", papers.disbursement_download, name="disbursement-download"),
]
