from django.urls import path

from portal.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
    path("day/", views.day, name="day"),
    path("platform/", views.platform_log, name="platform-log"),
    path("<int:seq>/", views.event, name="event"),
]
