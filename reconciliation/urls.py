from django.urls import URLPattern, URLResolver, path

from reconciliation.views import months, runs

app_name = "reconciliation"
urlpatterns: list[URLPattern | URLResolver] = []

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
