from django.urls import path

from portal.web import drawer, health, views
from portal.web.manual import views as manual
from portal.web.tables import saved_views

app_name = "web"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("drawer/", drawer.drawer, name="drawer"),
    path("help/", manual.help_index, name="help"),
    path("help/<slug:name>/", manual.help_topic, name="help-topic"),
    path("help/codes/<slug:scope>/<str:name>/", manual.codes, name="help-codes"),
    path("help/codes/<slug:scope>/<str:name>/export/", manual.codes_export, name="help-codes-export"),
    path("institutions/", views.institutions, name="institutions"),
    path("views/save/", saved_views.save, name="view-save"),
    path("views/<uuid:view_id>/delete/", saved_views.delete, name="view-delete"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
