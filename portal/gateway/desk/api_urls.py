from django.urls import path

from portal.gateway.desk import api

app_name = "desks-api"
urlpatterns = [
    path("", api.Desks.as_view(), name="desks"),
    path("<uuid:desk_id>", api.OneDesk.as_view(), name="desk"),
    path("<uuid:desk_id>/changes", api.DeskChanges.as_view(), name="changes"),
]
