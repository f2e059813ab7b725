"""Operations in Django admin, to look at; they are decided on the portal's own pages."""

from django.contrib import admin

from portal.gateway.journal.models import Operation
from portal.web.admin_kit import PortalAdmin


@admin.register(Operation)
class OperationAdmin(PortalAdmin):
    view_permission = "gateway.operations.view"
    list_display = ("title", "kind", "state", "task", "created_label", "approved_by", "created_at", "finished_at")
    list_filter = ("state", "task", "gateway", "kind", "environment")
    search_fields = ("title", "business_key")
    search_help_text = "查找：事项、业务主键"
    exclude = ("request", "reply", "request_hash")
