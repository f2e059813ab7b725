from django.urls import URLPattern, URLResolver, path

from settlement.views import (
    acceptance,
    cards,
    cashier,
    cashier_charges,
    catalogue,
    code_lists,
    control,
    editions,
    filings,
    identity,
    inpatient,
    inpatient_charges,
    inpatient_discharge,
    joining,
    outpatient,
    outpatient_bills,
    pharmacy,
    queries,
    settlements,
    shift,
    transactions,
    upload_files,
    upload_records,
    uploads,
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

# --- daily uploads: records, runs, plans; departments and matchings
RECORD = "uploads/records/<uuid:record_id>/"
urlpatterns += [
    path("uploads/", uploads.upload_list, name="upload-list"),
    path("uploads/progress/", uploads.upload_progress, name="upload-progress"),
    path("uploads/schedule/", uploads.upload_schedule, name="upload-schedule"),
    path("uploads/records/", uploads.upload_records, name="upload-records"),
    path("uploads/records/again/", uploads.upload_again, name="upload-again"),
    path("uploads/unlisted/", uploads.upload_unlisted, name="upload-unlisted"),
    path("uploads/unlisted/make/", uploads.upload_lists_make, name="upload-lists-make"),
    path("uploads/<str:number>/ask/", upload_files.upload_ask, name="upload-ask"),
    path("uploads/<str:number>/start/", uploads.upload_start, name="upload-start"),
    path("uploads/<str:number>/new/", upload_records.upload_new, name="upload-new"),
    path("uploads/<str:number>/template/", upload_files.upload_template, name="upload-template"),
    path("uploads/<str:number>/import/", upload_files.upload_import, name="upload-import"),
    path("uploads/runs/<uuid:run_id>/pause/", uploads.upload_pause, name="upload-pause"),
    path("uploads/files/<uuid:file_id>/", upload_files.upload_file, name="upload-file"),
    path(RECORD, upload_records.upload_detail, name="upload-detail"),
    path(f"{RECORD}edit/", upload_records.upload_edit, name="upload-edit"),
    path(f"{RECORD}full/", upload_records.upload_full, name="upload-full"),
    path(f"{RECORD}drop/", upload_records.upload_drop, name="upload-drop"),
    path(f"{RECORD}take-back/", upload_records.upload_take_back, name="upload-take-back"),
    path("departments/", uploads.department_list, name="department-list"),
    path("departments/compare/", upload_files.department_compare, name="department-compare"),
    path("matches/", uploads.mapping_list, name="mapping-list"),
    path("matches/make/", uploads.match_make, name="match-make"),
    path("matches/compare/", upload_files.mapping_compare, name="mapping-compare"),
]

# --- inpatients: admission, charges, discharge
urlpatterns += [
    path("inpatients/new/", inpatient.inpatient_new, name="inpatient-new"),
    path("inpatients/schedule/", inpatient_charges.charge_schedule, name="charge-schedule"),
    path(f"{VISIT}admission/", inpatient.inpatient_edit, name="inpatient-edit"),
    path(f"{VISIT}admission/reverse/", inpatient.inpatient_reverse, name="inpatient-reverse"),
    path(f"{VISIT}admission/drop/", inpatient.inpatient_drop, name="inpatient-drop"),
    path(f"{VISIT}stay/<slug:step>/", inpatient.inpatient_step, name="inpatient-step"),
    path(f"{VISIT}stay/<slug:step>/undo/", inpatient.inpatient_undo, name="inpatient-undo"),
    path(f"{VISIT}discharge/", inpatient_discharge.inpatient_discharge, name="inpatient-discharge"),
    path(f"{VISIT}charges/", inpatient_charges.charges, name="charges"),
    path(f"{VISIT}charges/act/", inpatient_charges.charges_act, name="charges-act"),
    path(f"{VISIT}charges/enter/", inpatient_charges.charges_enter, name="charges-enter"),
]

# --- filings
FILING = "filings/<uuid:filing_id>/"
urlpatterns += [
    path("filings/", filings.filing_list, name="filing-list"),
    path("filings/new/<slug:kind>/", filings.filing_new, name="filing-new"),
    path(FILING, filings.filing_detail, name="filing-detail"),
    path(f"{FILING}state/", filings.filing_state, name="filing-state"),
    path(f"{FILING}look/", filings.filing_look, name="filing-look"),
    path(f"{FILING}withdraw/", filings.filing_withdraw, name="filing-withdraw"),
]

# --- joining a province: the check of the channel, acceptance runs
RUN = "acceptance/<uuid:run_id>/"
urlpatterns += [
    path("joining/", joining.joining, name="joining"),
    path("joining/progress/", joining.joining_progress, name="joining-progress"),
    path("acceptance/", acceptance.acceptance_list, name="acceptance-list"),
    path("acceptance/new/", acceptance.acceptance_new, name="acceptance-new"),
    path(RUN, acceptance.acceptance_detail, name="acceptance-detail"),
    path(f"{RUN}progress/", acceptance.acceptance_progress, name="acceptance-progress"),
    path(f"{RUN}stop/", acceptance.acceptance_stop, name="acceptance-stop"),
    path(f"{RUN}go-on/", acceptance.acceptance_go_on, name="acceptance-go-on"),
    path(f"{RUN}report/<str:form>/", acceptance.acceptance_report, name="acceptance-report"),
]

# --- cards read at a desk, money through its cashier
READING, GRANT = "cards/<uuid:reading_id>/", "cards/grants/<uuid:grant_id>/"
RECHARGE, REFUND = "cashier/recharges/<uuid:recharge_id>/", "cashier/refunds/<uuid:refund_id>/"
CHARGE = "cashier/charges/<uuid:charge_id>/"
urlpatterns += [
    path("cards/", cards.card_read, name="card-read"),
    path("cards/pin/", cards.card_pin, name="card-pin"),
    path("cards/pin/state/", cards.card_pin_state, name="card-pin-state"),
    path("cards/grants/", cards.card_grants, name="card-grants"),
    path(GRANT, cards.card_grant, name="card-grant"),
    path(f"{GRANT}state/", cards.card_grant_state, name="card-grant-state"),
    path(READING, cards.card_reading, name="card-reading"),
    path(f"{READING}state/", cards.card_reading_state, name="card-reading-state"),
    path(f"{READING}identify/", cards.card_identify, name="card-identify"),
    path("cashier/", cashier.prepaid_list, name="prepaid-list"),
    path("cashier/accounts/<uuid:account_id>/", cashier.prepaid, name="prepaid"),
    path("cashier/recharges/", cashier.recharge_list, name="recharge-list"),
    path("cashier/recharges/new/", cashier.recharge_new, name="recharge-new"),
    path(RECHARGE, cashier.recharge_detail, name="recharge"),
    path(f"{RECHARGE}state/", cashier.recharge_state, name="recharge-state"),
    path("cashier/refunds/", cashier.refund_list, name="refund-list"),
    path(REFUND, cashier.refund_detail, name="refund"),
    path(f"{REFUND}state/", cashier.refund_state, name="refund-state"),
    path(f"{REFUND}again/", cashier.refund_resubmit, name="refund-again"),
    path(f"{REFUND}accept/", cashier.refund_accept, name="refund-accept"),
    path("cashier/<slug:kind>/<uuid:row_id>/receipt/", cashier.money_receipt, name="money-receipt"),
    path("cashier/charges/", cashier_charges.charge_list, name="charge-list"),
    path("cashier/charges/new/", cashier_charges.charge_new, name="charge-new"),
    path(CHARGE, cashier_charges.charge_detail, name="charge"),
    path(f"{CHARGE}state/", cashier_charges.charge_state, name="charge-state"),
    path("cashier/check/", cashier_charges.cashier_check, name="cashier-check"),
]
