from django.urls import path

from portal.gateway import api

app_name = "operations-api"
urlpatterns = [
    path("", api.Operations.as_view(), name="operations"),
    path("<uuid:operation_id>", api.OneOperation.as_view(), name="operation"),
]
