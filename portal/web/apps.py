from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "portal.web.site.PortalAdminSite"


class WebConfig(AppConfig):
    name = "portal.web"
    label = "web"
    verbose_name = "页面"
