from django.urls import URLPattern, URLResolver, path

from injury.views import (
    admissions,
    advices,
    catalogue_files,
    centre,
    discharge,
    discharge_records,
    drug_share,
    errors,
    fee_files,
    fees,
    mappings,
    materials,
    people,
    sheets,
    treatment_form,
    uploads,
)

app_name = "injury"
urlpatterns: list[URLPattern | URLResolver] = []

# --- discharge and materials (4.13, 4.14, 4.18, 4.26, 4.27)
STAY = "admissions/<uuid:admission_id>/"
urlpatterns += [
    path(f"{STAY}discharge/", discharge.editor, name="discharge"),
    path(f"{STAY}discharge/records/<str:node>/", discharge_records.node_page, name="discharge-node"),
    path("discharge-records/<uuid:record_id>/", discharge_records.record_page, name="discharge-record"),
    path("discharge-records/<uuid:record_id>/copy/", discharge_records.record_copy, name="discharge-record-copy"),
    path("discharge-records/<uuid:record_id>/drop/", discharge_records.record_drop, name="discharge-record-drop"),
    path(f"{STAY}discharge/invoices/", discharge.invoices, name="discharge-invoices"),
    path("invoices/<uuid:invoice_id>/file/", materials.invoice_file, name="invoice-file"),
    path("invoices/<uuid:invoice_id>/drop/", discharge.invoice_drop, name="discharge-invoice-drop"),
    path(f"{STAY}discharge/submit/", discharge.submit, name="discharge-submit"),
    path(f"{STAY}discharge/undo/", discharge.undo, name="discharge-undo"),
    path("materials/", materials.material_list, name="material-list"),
    path(f"{STAY}materials/", materials.materials, name="materials"),
    path(f"{STAY}materials/add/", materials.material_add, name="material-add"),
    path(f"{STAY}materials/upload/", materials.material_upload_all, name="material-upload-all"),
    path("materials/<uuid:material_id>/upload/", materials.material_upload, name="material-upload"),
    path("materials/<uuid:material_id>/drop/", materials.material_drop, name="material-drop"),
    path("materials/<uuid:material_id>/file/", materials.material_file, name="material-file"),
]

# --- settlement sheets, drugs, papers (4.16, 4.17, 5.4, 6.7)
urlpatterns += [
    path("sheets/", sheets.sheet_list, name="sheet-list"),
    path("sheets/rejected/", sheets.rejected_list, name="rejected-list"),
    path("sheets/<uuid:sheet_id>/preview/", sheets.sheet_preview, name="sheet-preview"),
    path("sheets/<uuid:sheet_id>/paper/", sheets.paper_sheet, name="paper-sheet"),
    path(f"{STAY}sheet/", sheets.sheet, name="sheet"),
    path(f"{STAY}sheet/ask/", sheets.sheet_ask, name="sheet-ask"),
    path("drugs/", drug_share.drug_ratio, name="drug-ratio"),
    path(f"{STAY}drugs/ask/", drug_share.drug_ratio_ask, name="drug-ratio-ask"),
    path("papers/treatment/", treatment_form.paper_treatment, name="paper-treatment"),
    path(f"{STAY}papers/treatment/", treatment_form.paper_treatment, name="paper-treatment-of"),
]

# --- people and admissions (4.3 to 4.9, 4.15, 4.19 to 4.23, 4.28, 4.29)
urlpatterns += [
    path("people/", people.people, name="people"),
    path("people/by/<str:means>/", people.people, name="people-by"),
    path("people/treatments/", centre.treatment_batch, name="treatment-batch"),
    path("people/reports/", centre.report_batch, name="report-batch"),
    path("people/uploaded/", centre.uploaded_people, name="uploaded-people"),
    path("people/<str:kind>/<uuid:row_id>/", people.centre_row, name="centre-row"),
    path("people/<str:kind>/<uuid:row_id>/ask/", people.enquiry_of_row, name="enquiry-of-row"),
    path("enquiries/<uuid:enquiry_id>/", people.enquiry, name="enquiry"),
    path("enquiries/<uuid:enquiry_id>/state/", people.enquiry_state, name="enquiry-state"),
    path("enquiries/<uuid:enquiry_id>/again/", people.enquiry_again, name="enquiry-again"),
    path("enquiries/<uuid:enquiry_id>/admission/", people.admission_begin, name="admission-begin"),
    path("admissions/", admissions.admission_list, name="admission-list"),
    path("admissions/new/", admissions.admission_new, name="admission-new"),
    path(STAY, admissions.admission_detail, name="admission-detail"),
    path(f"{STAY}edit/", admissions.admission_edit, name="admission-edit"),
    path(f"{STAY}state/", admissions.admission_state, name="admission-state"),
    path(f"{STAY}register/", admissions.admission_register, name="admission-register"),
    path(f"{STAY}undo/", admissions.admission_undo, name="admission-undo"),
    path(f"{STAY}look/", admissions.admission_look, name="admission-look"),
    path(f"{STAY}again/", admissions.admission_again, name="admission-again"),
    path(f"{STAY}drop/", admissions.admission_drop, name="admission-drop"),
    path(f"{STAY}identity/", admissions.admission_identity, name="admission-identity"),
]

# --- catalogue, mappings, error codes (2.4, 3.2, 5.2)
urlpatterns += [
    path("mappings/", mappings.mapping_list, name="mapping-list"),
    path("mappings/new/", mappings.mapping_new, name="mapping-new"),
    path("mappings/renewals/", mappings.renewal_list, name="mapping-renewals"),
    path("mappings/renewals/take/", mappings.mapping_renew, name="mapping-renew"),
    path("mappings/coverage/", mappings.mapping_coverage, name="mapping-coverage"),
    path("mappings/coverage/missing/", mappings.mapping_missing, name="mapping-missing"),
    path("mappings/import/", catalogue_files.mapping_import, name="mapping-import"),
    path("mappings/import/template/", mappings.mapping_import_template, name="mapping-import-template"),
    path("mappings/import/lines/", catalogue_files.mapping_lines, name="mapping-lines"),
    path("mappings/<uuid:mapping_id>/", mappings.mapping_edit, name="mapping-edit"),
    path("mappings/<uuid:mapping_id>/remove/", mappings.mapping_remove, name="mapping-remove"),
    path("catalogue/", catalogue_files.catalogue_list, name="catalogue-list"),
    path("catalogue/search/", mappings.catalogue_search, name="catalogue-search"),
    path("catalogue/import/", catalogue_files.catalogue_import, name="catalogue-import"),
    path("catalogue/import/template/", catalogue_files.catalogue_import_template, name="catalogue-import-template"),
    path("catalogue/import/lines/", catalogue_files.catalogue_lines, name="catalogue-lines"),
    path("catalogue/files/<uuid:file_id>/", catalogue_files.file_detail, name="catalogue-file"),
    path("mappings/files/<uuid:file_id>/", catalogue_files.file_detail, name="mapping-file"),
    path("catalogue/files/<uuid:file_id>/progress/", catalogue_files.file_progress, name="catalogue-file-progress"),
    path("catalogue/files/<uuid:file_id>/use/", catalogue_files.file_use, name="catalogue-file-use"),
    path("catalogue/files/<uuid:file_id>/drop/", catalogue_files.file_drop, name="catalogue-file-drop"),
    path("errors/", errors.error_list, name="error-list"),
]

# --- fee items and advices: arrival (4.10, 4.24)
urlpatterns += [
    path("fees/", fees.fee_list, name="fee-list"),
    path("fees/new/", fees.fee_new, name="fee-new"),
    path("fees/drop/", fees.fee_drop, name="fee-drop"),
    path("fees/release/", fees.fee_release, name="fee-release"),
    path("fees/restore/", fees.fee_restore, name="fee-restore"),
    path("fees/held/", fees.held_list, name="held-list"),
    path("fees/held/again/", fees.look_again, name="fee-look-again"),
    path("fees/totals/", fees.fee_totals, name="fee-totals"),
    path("fees/import/", fee_files.fee_import, name="fee-import"),
    path("fees/import/template/<str:content>/", fee_files.fee_template, name="fee-template"),
    path("fees/import/<uuid:file_id>/", fee_files.fee_import_preview, name="fee-import-preview"),
    path("fees/<uuid:fee_id>/", fees.fee_detail, name="fee-detail"),
    path("fees/<uuid:fee_id>/correct/", fees.fee_correct, name="fee-correct"),
    path("advices/", advices.advice_list, name="advice-list"),
    path("advices/new/", advices.advice_new, name="advice-new"),
]

# --- uploading fees, wiping them (4.10 to 4.12, 4.24, 4.25)
urlpatterns += [
    path("uploads/", uploads.upload_list, name="upload-list"),
    path("uploads/start/", uploads.upload_start, name="upload-start"),
    path("uploads/schedule/", uploads.upload_schedule, name="upload-schedule"),
    path("uploads/batches/<uuid:batch_id>/", uploads.upload_detail, name="upload-detail"),
    path(f"{STAY}upload/", uploads.upload, name="upload"),
    path(f"{STAY}upload/progress/", uploads.upload_progress, name="upload-progress"),
    path(f"{STAY}upload/start/", uploads.upload_one, name="upload-one"),
    path(f"{STAY}upload/check/", uploads.upload_check, name="upload-check"),
    path(f"{STAY}upload/wipe/", uploads.wipe, name="wipe"),
]
