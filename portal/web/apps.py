from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AdminConfig(admin_apps.AdminConfig):
    """Django admin behind our gate; named by itself in INSTALLED_APPS, never as the default of portal.web."""

    default = False
    default_site = "portal.web.site.PortalAdminSite"


class WebConfig(AppConfig):
    name = "portal.web"
    label = "web"
    verbose_name = "页面"
    default = True

    def ready(self) -> None:
        from portal.web import checks  # noqa: F401  registers the start-up checks
