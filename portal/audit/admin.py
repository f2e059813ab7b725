"""The log in Django admin, to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from portal.access.door import required_institution
from portal.audit.lists import LogFilter, action_choices, actors
from portal.audit.models import Event
from portal.web.admin_kit import PortalAdmin


class ByAction(admin.SimpleListFilter):
    title, parameter_name = "操作类型", "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return action_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class ByActor(admin.SimpleListFilter):
    title, parameter_name = "操作人员", "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return actors()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(actor=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(PortalAdmin):
    view_permission = "audit.view"
    ordering = ("-seq",)
    list_display = ("seq", "at", "kind", "what", "who")
    list_filter = (ByAction, ByActor, "at")
    search_fields = ("body",)  # shows the search box; get_search_results decides what is searched
    search_help_text = "查找：对象、详情"
    readonly_fields = ("seq", "at", "kind", "what", "who", "roles", "target", "changed", "hash_hex", "prev_hex")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(chain=required_institution())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        sees_address = self.may(request, "audit.addresses.view")
        return [*self.readonly_fields, *(["origin"] if sees_address else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Not the whole body: it holds addresses, which not everybody may read."""
        if not search_term.strip():
            return queryset, False
        return LogFilter(QueryDict(), queryset=queryset).about(queryset, "q", search_term.strip()), False

    @admin.display(description="操作类型")
    def kind(self, event: Event) -> str:
        return event.label

    @admin.display(description="操作详情")
    def what(self, event: Event) -> str:
        return event.sentence

    @admin.display(description="操作人员")
    def who(self, event: Event) -> str:
        return event.actor_name

    @admin.display(description="角色")
    def roles(self, event: Event) -> str:
        return event.role_labels

    @admin.display(description="对象")
    def target(self, event: Event) -> str:
        return event.object_label

    @admin.display(description="修改内容")
    def changed(self, event: Event) -> str:
        return "；".join(map(str, event.changes))

    @admin.display(description="地址")
    def origin(self, event: Event) -> str:
        return event.address
