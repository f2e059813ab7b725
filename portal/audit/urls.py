from django.urls import path

from portal.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
    path("days/", views.days, name="days"),
    path("verify/", views.verify, name="verify"),
    path("platform/", views.platform_log, name="platform-log"),
    path("<int:seq>/", views.event, name="event"),
]
