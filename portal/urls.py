"""Every address of the portal; each room and each business brings its own urls.py."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

#: Where each room lives; a business lives below its own name.
ROOMS = {
    "access": "",
    "audit": "log/",
    "jobs": "jobs/",
    "gateway": "gateway/",
    "gateway.channels": "channels/",
    "gateway.environments": "environments/",
    "api": "api/",
    "hooks": "webhooks/",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.web.urls")),
    path("admin/", admin.site.urls),
    *(path(place, include(f"portal.{room}.urls")) for room, place in ROOMS.items() if find_spec(f"portal.{room}.urls")),
    *(path(f"{name}/", include(f"{name}.urls")) for name in settings.BUSINESSES if find_spec(f"{name}.urls")),
]

handler400 = "portal.web.errors.bad_request"
handler403 = "portal.web.errors.forbidden"
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.server_error"
