from django.urls import path

from portal.hooks import api

app_name = "hooks-api"
urlpatterns = [
    path("", api.Webhooks.as_view(), name="webhooks"),
    path("<uuid:webhook_id>", api.OneWebhook.as_view(), name="webhook"),
    path("deliveries", api.Deliveries.as_view(), name="deliveries"),
    path("deliveries/<uuid:delivery_id>/replays", api.Replays.as_view(), name="replays"),
]
