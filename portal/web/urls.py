from django.urls import path

from portal.web import drawer, health, views
from portal.web.tables import saved_views

app_name = "web"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("drawer/", drawer.drawer, name="drawer"),
    path("institutions/", views.institutions, name="institutions"),
    path("views/save/", saved_views.save, name="view-save"),
    path("views/<uuid:view_id>/delete/", saved_views.delete, name="view-delete"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
