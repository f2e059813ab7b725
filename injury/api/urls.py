from django.urls import URLPattern, URLResolver, path

from injury.api import discharge, fees, mappings, materials, sheets

app_name = "injury-api"
urlpatterns: list[URLPattern | URLResolver] = []

STAY = "admissions/<uuid:admission_id>"
urlpatterns += [
    path(f"{STAY}/discharge", discharge.DischargeDraft.as_view(), name="discharge"),
    path(f"{STAY}/discharge/records", discharge.DischargeRecords.as_view(), name="discharge-records"),
    path(f"{STAY}/discharge/invoices", discharge.DischargeInvoices.as_view(), name="discharge-invoices"),
    path(f"{STAY}/discharge/submissions", discharge.DischargeSubmissions.as_view(), name="discharge-submissions"),
    path(f"{STAY}/discharge/cancellations", discharge.DischargeCancellations.as_view(), name="discharge-cancellations"),
    path("discharge-record-fields", discharge.RecordFields.as_view(), name="discharge-record-fields"),
    path(f"{STAY}/materials", materials.AdmissionMaterials.as_view(), name="admission-materials"),
    path("materials", materials.Materials.as_view(), name="materials"),
    path("materials/<uuid:material_id>/uploads", materials.MaterialUploads.as_view(), name="material-uploads"),
]

# --- settlement sheets (4.16)
urlpatterns += [
    path("sheets", sheets.Sheets.as_view(), name="sheets"),
    path("admissions/<uuid:admission_id>/sheet", sheets.OneSheet.as_view(), name="sheet"),
    path("admissions/<uuid:admission_id>/sheet/lines", sheets.OneSheetLines.as_view(), name="sheet-lines"),
]

# --- catalogue and mappings (2.4, 3.2)
urlpatterns += [
    path("catalogue", mappings.Catalogue.as_view(), name="catalogue"),
    path("mappings", mappings.Mappings.as_view(), name="mappings"),
    path("mappings/coverage", mappings.Coverage.as_view(), name="mappings-coverage"),
]

# --- fee items and advices: arrival (4.10, 4.24)
urlpatterns += [
    path("fees", fees.Fees.as_view(), name="fees"),
    path("fees/drops", fees.FeeDrops.as_view(), name="fee-drops"),
    path("fees/<uuid:fee_id>", fees.OneFee.as_view(), name="fee"),
    path("fees/<uuid:fee_id>/corrections", fees.FeeCorrections.as_view(), name="fee-corrections"),
    path("advices", fees.Advices.as_view(), name="advices"),
]
