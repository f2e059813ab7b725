from django.urls import URLPattern, URLResolver, path

from reconciliation.views import difference_bulk, differences, entries, entry_files, months, overview, runs, statements

app_name = "reconciliation"
urlpatterns: list[URLPattern | URLResolver] = []

urlpatterns += [path("", overview.overview, name="overview")]

# --- runs, their files, the schedule
RUN = "runs/<uuid:run_id>/"
urlpatterns += [
    path("runs/", runs.run_list, name="run-list"),
    path("runs/new/", runs.run_new, name="run-new"),
    path("runs/schedule/", runs.run_schedule, name="run-schedule"),
    path("runs/files/<uuid:file_id>/", runs.run_file, name="run-file"),
    path(RUN, runs.run_detail, name="run-detail"),
    path(f"{RUN}state/", runs.run_state, name="run-state"),
    path(f"{RUN}again/", runs.run_restart, name="run-again"),
]

# --- months
MONTH = "months/<int:year>/<int:month>/"
urlpatterns += [
    path("months/", months.month_list, name="month-list"),
    path(MONTH, months.month_detail, name="month-detail"),
    path(f"{MONTH}start/", months.month_start, name="month-start"),
    path(f"{MONTH}close/", months.month_close, name="month-close"),
]

# --- the book of settled money
ARRIVAL = "entries/arrivals/<uuid:arrival_id>/"
urlpatterns += [
    path("entries/", entries.entry_list, name="entry-list"),
    path("entries/import/", entry_files.entry_import, name="entry-import"),
    path("entries/template/", entry_files.entry_template, name="entry-template"),
    path("entries/arrivals/", entry_files.arrival_list, name="arrival-list"),
    path(ARRIVAL, entry_files.entry_arrival, name="entry-arrival"),
    path(f"{ARRIVAL}take/", entry_files.entry_take, name="entry-take"),
    path(f"{ARRIVAL}drop/", entry_files.entry_drop, name="entry-drop"),
    path("entries/<uuid:entry_id>/", entries.entry_detail, name="entry-detail"),
]

# --- differences and their decisions
DIFFERENCE = "differences/<uuid:difference_id>/"
DECISION = "decisions/<uuid:decision_id>/"
urlpatterns += [
    path("differences/", differences.difference_list, name="difference-list"),
    path("differences/decide/", difference_bulk.difference_decide, name="difference-decide"),
    path("differences/approve/", difference_bulk.difference_approve, name="difference-approve"),
    path("differences/assign/", difference_bulk.difference_assign, name="difference-assign"),
    path("differences/sheet/", difference_bulk.sheet_download, name="sheet-download"),
    path("differences/sheets/upload/", difference_bulk.sheet_upload, name="sheet-upload"),
    path("differences/sheets/<uuid:sheet_id>/", difference_bulk.sheet_preview, name="sheet-preview"),
    path(DIFFERENCE, differences.difference_detail, name="difference-detail"),
    path(f"{DIFFERENCE}decide/", differences.decide_one, name="difference-decide-one"),
    path(f"{DIFFERENCE}assign/", differences.assign_one, name="difference-assign-one"),
    path(f"{DIFFERENCE}comment/", differences.difference_comment, name="difference-comment"),
    path(f"{DECISION}approve/", differences.decision_approve, name="decision-approve"),
    path(f"{DECISION}refuse/", differences.decision_refuse, name="decision-refuse"),
    path(f"{DECISION}withdraw/", differences.decision_withdraw, name="decision-withdraw"),
    path(f"{RUN}statement/", statements.run_statement, name="run-statement"),
    path(f"{RUN}statement/excel/", statements.run_statement_sheet, name="run-statement-sheet"),
]
