from django.contrib.admin import AdminSite


class PortalAdminSite(AdminSite):
    site_header = "医保结算门户"
