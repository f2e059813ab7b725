from django.urls import path

from portal.gateway.console import views as console
from portal.gateway.desk import views as desk
from portal.gateway.national.signing.views import shift_begin, shift_end, shifts, shifts_part
from portal.gateway.sessions.views import session_act, sessions, sessions_part
from portal.gateway.views import attempts, operations

app_name = "gateway"
urlpatterns = [
    path("operations/<uuid:operation_id>/", operations.operation, name="operation"),
    path("operations/<uuid:operation_id>/part/", operations.operation_part, name="operation-part"),
    path("operations/<uuid:operation_id>/approve/", operations.approve, name="operation-approve"),
    path("operations/<uuid:operation_id>/refuse/", operations.refuse, name="operation-refuse"),
    path("operations/<uuid:operation_id>/withdraw/", operations.withdraw, name="operation-withdraw"),
    path("operations/<uuid:operation_id>/look/", operations.look, name="operation-look"),
    path("operations/<uuid:operation_id>/decide/", operations.decide, name="operation-decide"),
    path("operations/<uuid:operation_id>/read/", operations.mark_read, name="operation-read"),
    path("approvals/", operations.approvals, name="approvals"),
    path("doubts/", operations.doubts, name="doubts"),
    path("sessions/", sessions, name="sessions"),
    path("sessions/part/", sessions_part, name="sessions-part"),
    path("sessions/<str:gateway>/<str:act>/", session_act, name="session-act"),
    path("shifts/", shifts, name="shifts"),
    path("shifts/part/", shifts_part, name="shifts-part"),
    path("shifts/<uuid:sign_in_id>/end/", shift_end, name="shift-end"),
    path("shifts/<str:gateway>/begin/", shift_begin, name="shift-begin"),
    path("desks/", desk.desk_list, name="desks"),
    path("desks/new/", desk.desk_new, name="desk-new"),
    path("desks/<uuid:desk_id>/", desk.desk, name="desk"),
    path("desks/<uuid:desk_id>/part/", desk.desk_part, name="desk-part"),
    path("desks/<uuid:desk_id>/change/", desk.desk_change, name="desk-change"),
    path("desks/<uuid:desk_id>/file/", desk.desk_file, name="desk-file"),
    path("desks/<uuid:desk_id>/check/", desk.desk_check, name="desk-check"),
    path("desks/<uuid:desk_id>/sit/", desk.desk_sit, name="desk-sit"),
    path("attempts/", attempts.attempts, name="attempts"),
    path("attempts/<uuid:attempt_id>/", attempts.attempt, name="attempt"),
    path("attempts/<uuid:attempt_id>/read/", attempts.attempt_read, name="attempt-read"),
    path("attempts/<uuid:attempt_id>/download/", attempts.attempt_download, name="attempt-download"),
    path("console/", console.console, name="console"),
    path("console/calls/", console.console_calls, name="console-calls"),
    path("console/calls/<uuid:call_id>/", console.console_call, name="console-call"),
    path("console/calls/<uuid:call_id>/part/", console.console_call_part, name="console-call-part"),
    path("console/<str:gateway>/<str:code>/", console.console_edit, name="console-edit"),
    path("console/<str:gateway>/<str:code>/work/", console.console_work, name="console-work"),
]
