"""Channels and allowed addresses in Django admin, to look at; they change on the portal's own pages."""

from django.contrib import admin

from portal.gateway.channels.models import AllowedAddress, Channel
from portal.web.admin_kit import PortalAdmin


@admin.register(Channel)
class ChannelAdmin(PortalAdmin):
    side = "platform"
    view_permission = "gateway.channels.view"
    list_display = ("institution", "gateway", "environment", "base_url", "app_code", "is_active", "key_set_at")
    list_filter = ("gateway", "environment", "is_active")
    list_select_related = ("institution",)
    search_fields = ("institution__name", "institution__code", "app_code", "base_url")
    search_help_text = "查找：机构、appCode、API 地址"
    fields = (
        *("institution", "gateway", "environment", "base_url", "host_address", "app_code", "user_name"),
        *("medins_code", "medins_name", "region", "is_active"),
        *("fingerprints", "key_set_at", "key_set_label", "switches", "wire_names", "connect_timeout", "read_timeout"),
        *("version", "created_at", "updated_at"),
    )


@admin.register(AllowedAddress)
class AllowedAddressAdmin(PortalAdmin):
    side = "platform"
    view_permission = "gateway.addresses.manage"
    list_display = ("host", "note", "proposed_by", "proposed_at", "approved_by", "approved_at", "removed_at")
    list_select_related = ("proposed_by", "approved_by")
    search_fields = ("host", "note")
    search_help_text = "查找：主机、用途"
