from django.urls import URLPattern, URLResolver, path

from injury.api import admissions, discharge, fees, mappings, materials, people, sheets, uploads

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

# --- people and admissions (4.3 to 4.9, 4.15, 4.19 to 4.23, 4.28, 4.29)
urlpatterns += [
    path("people-enquiries", people.PersonEnquiries.as_view(), name="person-enquiries"),
    path("people-enquiries/<uuid:enquiry_id>", people.OnePersonEnquiry.as_view(), name="person-enquiry"),
    path("uploaded-enquiries", people.UploadedEnquiries.as_view(), name="uploaded-enquiries"),
    path("uploaded-enquiries/<uuid:enquiry_id>", people.OneUploadedEnquiry.as_view(), name="uploaded-enquiry"),
    path("uploaded-enquiries/<uuid:enquiry_id>/rows", people.UploadedRows.as_view(), name="uploaded-rows"),
    path("admissions", admissions.Admissions.as_view(), name="admissions"),
    path(STAY, admissions.OneAdmission.as_view(), name="admission"),
    path(f"{STAY}/registrations", admissions.Registrations.as_view(), name="registrations"),
    path(f"{STAY}/cancellations", admissions.RegistrationCancellations.as_view(), name="registration-cancellations"),
]

# --- uploading fees (4.10, 4.12, 4.24)
urlpatterns += [
    path(f"{STAY}/fee-standing", uploads.Standing.as_view(), name="fee-standing"),
    path(f"{STAY}/uploads", uploads.Uploads.as_view(), name="uploads"),
    path(f"{STAY}/fee-checks", uploads.Checks.as_view(), name="fee-checks"),
]
