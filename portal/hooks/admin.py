"""Webhooks and what was delivered in Django admin, to look at; they change on the portal's own pages."""

from django.contrib import admin

from portal.hooks.models import Delivery, Webhook
from portal.web.admin_kit import PortalAdmin


@admin.register(Webhook)
class WebhookAdmin(PortalAdmin):
    view_permission = "hooks.webhooks.view"
    list_display = ("name", "url", "environment", "is_active", "made_label", "created_at")
    list_filter = ("environment", "is_active")
    search_fields = ("name", "url")
    search_help_text = "查找：名称、推送地址"
    exclude = ("secret",)


@admin.register(Delivery)
class DeliveryAdmin(PortalAdmin):
    view_permission = "hooks.webhooks.view"
    list_display = ("event", "about", "webhook", "state", "tries", "status", "created_at", "delivered_at")
    list_filter = ("environment", "state", "event")
    list_select_related = ("webhook",)
    search_fields = ("about", "message")
    search_help_text = "查找：业务编号、消息编号"
