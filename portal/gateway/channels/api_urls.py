from django.urls import path

from portal.gateway.channels import api

app_name = "channels-api"
urlpatterns = [
    path("", api.Channels.as_view(), name="channels"),
    path("trials/<uuid:trial_id>", api.OneTrial.as_view(), name="trial"),
    path("<str:gateway>/<str:environment>/changes", api.Changes.as_view(), name="changes"),
    path("<str:gateway>/<str:environment>/trials", api.Trials.as_view(), name="trials"),
]
