from django.urls import path

from portal.gateway import exchange_api

app_name = "exchanges-api"
urlpatterns = [
    path("", exchange_api.Exchanges.as_view(), name="exchanges"),
    path("<uuid:attempt_id>", exchange_api.OneExchange.as_view(), name="exchange"),
]
