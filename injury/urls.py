from django.urls import URLPattern, URLResolver, path

from injury.views import discharge, discharge_records, materials

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
