"""The book of settled money in Django admin: to look at; who was treated stays sealed."""

from django.contrib import admin

from portal.ledger.models import Entry, EntryArrival
from portal.web.admin_kit import PortalAdmin


@admin.register(Entry)
class EntryAdmin(PortalAdmin):
    view_permission = "reconciliation.entries.view"
    list_display = (
        *("number", "is_refund", "standing", "settled_at", "total", "fund", "account", "cash", "person"),
        *("insutype", "clr_type", "clr_optins", "setl_id", "source", "family", "revision", "is_latest"),
    )
    list_filter = ("is_latest", "standing", "source", "family", "is_refund", "insutype", "clr_type", "day")
    search_fields = ("number", "setl_id", "about", "msgid")
    search_help_text = "查找：结算单号、结算ID、就诊号、报文编号"
    exclude = ("person_no", "person_no_index", "digest", "page", "page_key", "operation", "arrival")
    date_hierarchy = "settled_at"
    ordering = ("-settled_at", "-id")


@admin.register(EntryArrival)
class EntryArrivalAdmin(PortalAdmin):
    view_permission = "reconciliation.entries.view"
    list_display = (
        *("brought_at", "way", "name", "state", "count", "fresh", "changed", "same", "wrong", "total", "brought_as"),
    )
    list_filter = ("state", "way", "brought_at")
    search_fields = ("name", "brought_as")
    search_help_text = "查找：文件名、导入人"
    exclude = ("faults", "job")
    ordering = ("-brought_at",)
