from django.urls import path

from portal.gateway.environments import api

app_name = "environments-api"
urlpatterns = [
    path("", api.OwnEnvironment.as_view(), name="environment"),
    path("exports/<str:gateway>/<str:environment>", api.SettingsFile.as_view(), name="export"),
]
