from django.urls import path

from clearing.views import (
    applications,
    checks,
    cross_region,
    cross_region_batches,
    due_papers,
    generation,
    months,
    papers,
    rows,
    verification,
)

app_name = "clearing"
urlpatterns = [
    path("generations/", generation.generation_request, name="generation-request"),
    path("generations/progress/", generation.generation_progress, name="generation-progress"),
    path("generations/fetch/", generation.fetch, name="fetch"),
    path("generations/revoke/", generation.generation_revoke, name="generation-revoke"),
    path("fetches/compare/", checks.fetch_compare, name="fetch-compare"),
    path("rows/", rows.row_list, name="row-list"),
    path("rows/<uuid:row_id>/", rows.row_detail, name="row-detail"),
    path("rows/<uuid:row_id>/accept/", rows.accept, name="accept"),
    path("months/summary/", months.month_summary, name="month-summary"),
    path("months/details/", months.month_detail, name="month-detail"),
    path("months/details/person/", months.month_person, name="month-person"),
    path("months/details/<uuid:detail_id>/", months.month_settlement, name="month-settlement"),
    path("months/details/<uuid:detail_id>/identity/", months.month_identity, name="month-identity"),
    path("months/check/", months.month_check, name="month-check"),
    path("months/fetch/", months.month_fetch, name="month-fetch"),
    path("months/progress/<str:kind>/", months.month_progress, name="month-progress"),
    path("cross-region/", cross_region.overview_page, name="cross-region"),
    path("cross-region/progress/", cross_region.overview_progress, name="cross-region-progress"),
    path("cross-region/fetch/", cross_region.fetch, name="cross-region-fetch"),
    path("cross-region/rows/", cross_region.row_list, name="cross-region-rows"),
    path("cross-region/rows/decide/", cross_region.decide_rows, name="cross-region-decide"),
    path("cross-region/rows/<uuid:row_id>/", cross_region.row_detail, name="cross-region-row"),
    path("cross-region/own/", cross_region.own_list, name="cross-region-own"),
    path("cross-region/uploads/<uuid:upload_id>/", cross_region.upload_preview, name="cross-region-upload-preview"),
    path("cross-region/batches/", cross_region_batches.batch_list, name="cross-region-batches"),
    path(
        "cross-region/batches/<uuid:batch_id>/roll-back/",
        cross_region_batches.roll_back,
        name="cross-region-roll-back",
    ),
    path("cross-region/months/<uuid:month_id>/", cross_region_batches.month_page, name="cross-region-month"),
    path("cross-region/months/<uuid:month_id>/upload/", cross_region.upload, name="cross-region-upload"),
    path("cross-region/months/<uuid:month_id>/confirm/", cross_region_batches.confirm, name="cross-region-confirm"),
    path(
        "cross-region/months/<uuid:month_id>/roll-back/",
        cross_region_batches.roll_back_all,
        name="cross-region-roll-back-month",
    ),
    path("verification/", verification.verification_list, name="verification-list"),
    path("verification/verify/", verification.verify, name="verify"),
    path("verification/cancel/", verification.unverify, name="unverify"),
    path("applications/", applications.application_list, name="application-list"),
    path("applications/check/", checks.application_check, name="application-check"),
    path("applications/submit/", applications.application_submit, name="application-submit"),
    path("applications/cancel/", applications.application_cancel, name="application-cancel"),
    path("applications/<uuid:application_id>/", applications.application_detail, name="application-detail"),
    path("applications/<uuid:application_id>/query/", applications.application_query, name="application-query"),
    path("papers/due/", due_papers.due_papers, name="due-papers"),
    path("papers/due/scope/", due_papers.print_scope, name="due-papers-scope"),
    path("papers/due/print/", due_papers.print_selection, name="due-papers-print"),
    path("papers/due/zip/", due_papers.print_zip, name="due-papers-zip"),
    path("papers/due/<uuid:due_id>/", due_papers.provider, name="due-papers-provider"),
    path("papers/due/<uuid:due_id>/print/", due_papers.print_provider, name="due-papers-provider-print"),
]
for kind, name in papers.PAGES.items():
    here = f"papers/{name.removeprefix('refund-')}/"
    urlpatterns += [
        path(here, papers.paper, {"kind": kind}, name=name),
        path(f"{here}preview/", papers.preview, {"kind": kind}, name=f"{name}-preview"),
        path(f"{here}download/", papers.download, {"kind": kind}, name=f"{name}-download"),
    ]
    if name != kind:
        urlpatterns.append(path(f"{here}fetch/", papers.fetch, {"kind": kind}, name=f"{name}-fetch"))
