"""Base of every admin page: declared permissions, one side of the wall, our audit instead of Django's log."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from django.contrib.admin.decorators import display
from django.contrib.admin.options import ModelAdmin
from django.db.models import DecimalField, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern

from portal.access.door import current_institution
from portal.access.gate import Gate
from portal.access.member import Member
from portal.access.models import Institution
from portal.access.permissions import permission
from portal.access.rows import TenantModel, in_environment
from portal.audit import record, record_into, record_platform
from portal.audit.models import Event
from portal.audit.registry import Action
from portal.web.actions import ADDED, CHANGED, DELETED, HANDLED

AdminSide = Literal["institution", "platform"]
MOST_HISTORY = 200


def amount_column(field: "DecimalField[Any, Any]") -> Callable[[Model], str]:
    """A list column of this field; its cells have the class `field-amount_<name>`."""

    @display(description=field.verbose_name, ordering=field.name)
    def column(row: Model) -> str:
        value = getattr(row, field.name)
        return "" if value is None else f"{value:,.{field.decimal_places}f}"

    column.__name__ = f"amount_{field.name}"
    return column


class PortalAdmin(ModelAdmin):  # type: ignore[type-arg]
    """An admin page behind the gate. What no permission is named for cannot be done: by default, only viewing.

    `side = "institution"`: inside the chosen institution's door; "platform": tables with platform rows only.
    An action may demand `@admin.action(permissions=["print"])` and the class says `print_permission = "…"`.
    """

    side: AdminSide = "institution"
    view_permission: str
    add_permission: str | None = None
    change_permission: str | None = None
    delete_permission: str | None = None
    #: Fields whose values do not enter the log, only that they changed.
    unlogged: Sequence[str] = ()
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    save_as = False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Amounts are read in columns: thousands apart, two decimals, to the right."""
        names = super().get_list_display(request)
        amounts = {f.name: f for f in self.model._meta.get_fields() if isinstance(f, DecimalField)}
        return [amount_column(amounts[name]) if name in amounts else name for name in names]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of the environment that the institution works in: lists, pages of a row, and what actions select."""
        rows, member = super().get_queryset(request), self.member(request)
        if self.side == "institution" and member is not None and member.institution is not None:
            return in_environment(rows, member.institution.environment)
        return rows

    @property
    def gate(self) -> Gate:
        return Gate(self.side, permission(self.view_permission), ("GET", "POST"))

    def get_urls(self) -> list[URLPattern]:
        urls = super().get_urls()
        for url in urls:
            url.callback.gate = self.gate  # type: ignore[attr-defined]
        return urls

    # --- who may what

    def member(self, request: HttpRequest) -> Member | None:
        """Who asks, on this page's side of the wall."""
        sides: dict[str, Member | None] = getattr(request, "sides", {})
        return sides.get(self.side)

    def may(self, request: HttpRequest, name: str | None) -> bool:
        member = self.member(request)
        return member is not None and name is not None and member.may(name)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.view_permission)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.add_permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.change_permission)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.delete_permission)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def __getattr__(self, name: str) -> Any:
        """`has_print_permission` for actions that demand "print", from `print_permission`."""
        if name.startswith("has_") and name.endswith("_permission"):
            declared = getattr(type(self), name.removeprefix("has_"), None)
            if isinstance(declared, str):
                return lambda request: self.may(request, declared)
        raise AttributeError(name)

    # --- what happened: our audit, in the transaction of the change

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        self.note(ADDED, request, obj)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """Saving an unchanged form is no event; what an admin action did is told by its message."""
        changes = getattr(request, "admin_changes", None)
        if changes:
            self.note(CHANGED, request, obj, changes=changes)
        elif message and isinstance(message, str):
            self.note(HANDLED, request, obj, what=message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:  # type: ignore[override]
        for obj in queryset:
            self.note(DELETED, request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        request.admin_changes = self.changes(form) if change else {}  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def changes(self, form: "ModelForm[Any]") -> dict[str, tuple[Any, Any]]:
        """Changed fields with the values before and after."""
        hidden = ("（不记录）", "（不记录）")
        return {
            name: hidden if name in self.unlogged else (_plain(form.initial.get(name)), _plain(form.cleaned_data[name]))
            for name in form.changed_data
        }

    def note(self, action: Action, request: HttpRequest, obj: Model, **details: Any) -> None:
        """Append to the chain it belongs to: an institution's row to that institution's, the platform's to both."""
        by, said = self.member(request), {"model": str(obj._meta.verbose_name), **details}
        if current_institution() is not None:
            record(action, obj, by=by, **said)
            return
        record_platform(action, obj, by=by, **said)
        owner = obj.pk if isinstance(obj, Institution) else getattr(obj, "institution_id", None)
        if isinstance(obj, Institution | TenantModel) and owner is not None:
            record_into(owner, action, obj, by=by, **said)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = str(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> TemplateResponse:
        """What the audit chain says about this row; read only."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        chain = current_institution() or 0
        events = Event.objects.filter(chain=chain, object_id=str(obj.pk)).order_by("-seq")[:MOST_HISTORY]
        context = {
            **self.admin_site.each_context(request),
            "title": f"操作记录：{obj}",
            "events": list(events),
            "object": obj,
            "opts": self.opts,
            "module_name": str(self.opts.verbose_name_plural),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


def _plain(value: Any) -> Any:
    """A value the audit can hold."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple | set):
        return "、".join(str(part) for part in value)
    return str(value)
