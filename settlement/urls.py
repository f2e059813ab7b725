from django.urls import URLPattern, URLResolver, path

from settlement.views import control, editions, identity, pharmacy, settlements, shift, transactions, visits

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
