"""Operations, messages and test calls in Django admin, to look at; the portal's own pages are for acting."""

from django.contrib import admin

from portal.gateway.console.models import ConsoleCall
from portal.gateway.desk.models import Desk
from portal.gateway.journal.models import Attempt, Operation
from portal.web.admin_kit import PortalAdmin


@admin.register(Operation)
class OperationAdmin(PortalAdmin):
    view_permission = "gateway.operations.view"
    list_display = ("title", "kind", "state", "task", "created_label", "approved_by", "created_at", "finished_at")
    list_filter = ("state", "task", "gateway", "kind", "environment", "by_console")
    search_fields = ("title", "business_key")
    search_help_text = "查找：事项、业务主键"
    exclude = ("request", "reply", "request_hash")


@admin.register(Attempt)
class AttemptAdmin(PortalAdmin):
    view_permission = "gateway.attempts.view"
    list_display = ("sent_at", "gateway", "kind", "subject", "outcome", "code", "took_ms", "asked_by", "by_console")
    list_filter = ("outcome", "gateway", "kind", "environment", "by_console")
    search_fields = ("subject", "msgid", "code")
    search_help_text = "查找：业务编号、报文编号、结果代码"
    exclude = ("raw_request", "raw_reply")


@admin.register(ConsoleCall)
class ConsoleCallAdmin(PortalAdmin):
    view_permission = "gateway.console.view"
    list_display = ("created_at", "gateway", "kind", "outcome", "code", "created_label", "operation")
    list_filter = ("gateway", "kind", "outcome", "environment")
    search_fields = ("kind", "created_label", "code")
    search_help_text = "查找：交易、发送人、结果代码"
    exclude = ("content",)


@admin.register(Desk)
class DeskAdmin(PortalAdmin):
    view_permission = "gateway.desks.view"
    list_display = ("name", "address", "dept_name", "is_active", "token_set_at", "checked_at")
    list_filter = ("environment", "is_active")
    search_fields = ("name", "address", "dept_name")
    search_help_text = "查找：名称、地址、科室"
    exclude = ("token", "certificate", "client_certificate", "client_key")
