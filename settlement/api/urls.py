from django.urls import URLPattern, URLResolver, path

from settlement.api import identity

app_name = "settlement-api"
urlpatterns: list[URLPattern | URLResolver] = []

# --- identity and the security control
urlpatterns += [
    path("identifications", identity.Identifications.as_view(), name="identifications"),
    path("identifications/<uuid:identification_id>", identity.OneIdentification.as_view(), name="identification"),
    path("control-media", identity.ControlMedia.as_view(), name="control-media"),
]
