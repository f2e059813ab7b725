from django.urls import URLPattern, URLResolver, path

from settlement.views import (
    catalogue,
    code_lists,
    control,
    editions,
    identity,
    outpatient,
    outpatient_bills,
    pharmacy,
    queries,
    settlements,
    shift,
    transactions,
    visits,
)

app_name = "settlement"
urlpatterns: list[URLPattern | URLResolver] = []

# --- visits, settlements, purchases
VISIT = "visits/<uuid:visit_id>/"
SETTLEMENT = "settlements/<uuid:settlement_id>/"
urlpatterns += [
    path("visits/", visits.visit_list, name="visit-list"),
    path(VISIT, visits.visit_detail, name="visit-detail"),
    path(f"{VISIT}state/", visits.visit_state, name="visit-state"),
    path(f"{VISIT}identity/", visits.visit_identity, name="visit-identity"),
    path(f"{VISIT}preview/", settlements.visit_preview, name="preview"),
    path(f"{VISIT}basket/", pharmacy.pharmacy_edit, name="pharmacy-edit"),
    path(f"{VISIT}drop/", pharmacy.pharmacy_drop, name="pharmacy-drop"),
    path("pharmacy/new/", pharmacy.pharmacy_new, name="pharmacy-new"),
    path("items/search/", pharmacy.item_search, name="item-search"),
    path("settlements/", settlements.settlement_list, name="settlement-list"),
    path(SETTLEMENT, settlements.settlement_detail, name="settlement-detail"),
    path(f"{SETTLEMENT}state/", settlements.settlement_state, name="settlement-state"),
    path(f"{SETTLEMENT}settle/", settlements.settle, name="settle"),
    path(f"{SETTLEMENT}voucher/", settlements.settle_voucher, name="settle-voucher"),
    path(f"{SETTLEMENT}undo/", settlements.settlement_undo, name="undo"),
    path(f"{SETTLEMENT}reverse/", settlements.settlement_reverse, name="reverse"),
    path(f"{SETTLEMENT}accept/", settlements.settlement_accept, name="accept"),
    path(f"{SETTLEMENT}receipt/", settlements.settlement_receipt, name="receipt"),
    path(f"{SETTLEMENT}fetch/", settlements.settlement_fetch, name="fetch"),
]

# --- outpatients: registration, information, bills by charge batch
BILL = "bills/<uuid:bill_id>/"
urlpatterns += [
    path("outpatients/new/", outpatient.outpatient_new, name="outpatient-new"),
    path(f"{VISIT}registration/", outpatient.outpatient_edit, name="outpatient-edit"),
    path(f"{VISIT}register/", outpatient.outpatient_register, name="outpatient-register"),
    path(f"{VISIT}number/", outpatient.outpatient_fetch, name="outpatient-fetch"),
    path(f"{VISIT}unregister/", outpatient.outpatient_unregister, name="outpatient-unregister"),
    path(f"{VISIT}discard/", outpatient.outpatient_drop, name="outpatient-drop"),
    path(f"{VISIT}information/", outpatient.outpatient_information, name="outpatient-information"),
    path(f"{VISIT}remove-all/", outpatient.outpatient_remove_all, name="outpatient-remove-all"),
    path(f"{VISIT}bills/new/", outpatient_bills.bill_new, name="bill-new"),
    path(BILL, outpatient_bills.bill_edit, name="bill-edit"),
    path(f"{BILL}send/", outpatient_bills.bill_send, name="bill-send"),
    path(f"{BILL}remove/", outpatient_bills.bill_remove, name="bill-remove"),
    path(f"{BILL}clear/", outpatient_bills.bill_clear, name="bill-clear"),
    path(f"{BILL}correct/", outpatient_bills.bill_correct, name="bill-correct"),
    path(f"{BILL}drop/", outpatient_bills.bill_drop, name="bill-drop"),
]

# --- identity and the security control
PERSON = "identifications/<uuid:identification_id>"
urlpatterns += [
    path("identify/", identity.identify_page, name="identify"),
    path("identify/<str:way>/", identity.identify_page, name="identify-by"),
    path(f"{PERSON}/", identity.identification, name="identification"),
    path(f"{PERSON}/state/", identity.identification_state, name="identification-state"),
    path(f"{PERSON}/again/", identity.identification_again, name="identification-again"),
    path(f"{PERSON}/insurance/", identity.identification_insurance, name="identification-insurance"),
    path("control/", control.control, name="control"),
    path("shift/", shift.shift, name="shift"),
]

# --- the interface itself: its numbers, and provinces' editions of them
EDITION = "editions/<uuid:edition_id>/"
urlpatterns += [
    path("transactions/", transactions.transaction_list, name="catalogue-transactions"),
    path("transactions/<str:number>/", transactions.transaction_detail, name="catalogue-transaction"),
    path("editions/", editions.edition_list, name="edition-list"),
    path("editions/import/", editions.edition_import, name="edition-import"),
    path("editions/base/", editions.edition_base, name="edition-base"),
    path(EDITION, editions.edition_detail, name="edition-detail"),
    path(f"{EDITION}use/", editions.edition_use, name="edition-use"),
    path(f"{EDITION}drop/", editions.edition_drop, name="edition-drop"),
    path(f"{EDITION}export/<str:form>/", editions.edition_export, name="edition-export"),
]

# --- catalogues, dictionaries, queries (1301 to 1319, 1901, 5-信息查询)
CATALOGUE = "catalogues/<str:number>/"
QUERY = "queries/<uuid:enquiry_id>/"
urlpatterns += [
    path("catalogues/", catalogue.catalogue_list, name="catalogue-list"),
    path("catalogues/search/", catalogue.catalogue_search, name="catalogue-search"),
    path("catalogues/progress/", catalogue.catalogue_progress, name="catalogue-progress"),
    path("catalogues/download/", catalogue.catalogue_download, name="catalogue-download"),
    path("catalogues/refresh/", catalogue.catalogue_refresh, name="catalogue-refresh"),
    path("catalogues/entries/<int:entry_id>/", catalogue.catalogue_item, name="catalogue-item"),
    path(f"{CATALOGUE}versions/", catalogue.catalogue_editions, name="catalogue-editions"),
    path(f"{CATALOGUE}changes/", catalogue.catalogue_changes, name="catalogue-changes"),
    path("dictionaries/", code_lists.codes, name="code-lists"),
    path("dictionaries/progress/", code_lists.codes_progress, name="code-lists-progress"),
    path("dictionaries/fetch/", code_lists.codes_fetch, name="code-lists-fetch"),
    path("dictionaries/<str:kind>/", code_lists.codes_detail, name="code-list"),
    path("dictionaries/<str:kind>/adopt/", code_lists.codes_adopt, name="code-list-adopt"),
    path("queries/", queries.query, name="query"),
    path("queries/all/", queries.query_list, name="query-list"),
    path("queries/ask/<str:number>/", queries.query_ask, name="query-ask"),
    path(QUERY, queries.query_detail, name="query-detail"),
    path(f"{QUERY}state/", queries.query_state, name="query-state"),
    path(f"{QUERY}again/", queries.query_again, name="query-again"),
    path(f"{QUERY}full/", queries.query_full, name="query-full"),
]
