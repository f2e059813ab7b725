"""Institutions, people and memberships in Django admin, for the platform's administrators.

Roles are not changed here: they need a second person, whom only the portal's own pages can ask.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from portal.access.models import Institution, Membership, User
from portal.access.permissions import Role
from portal.access.services.passwords import give_one_time_password
from portal.web.admin_kit import PortalAdmin


class PlatformAdmin(PortalAdmin):
    side = "platform"
    view_permission = "platform.manage"
    add_permission: str | None = "platform.manage"
    change_permission: str | None = "platform.manage"


@admin.register(Institution)
class InstitutionAdmin(PlatformAdmin):
    list_display = ("code", "name", "kind", "region", "level", "environment", "four_eyes", "is_active")
    list_filter = ("kind", "environment", "is_active", "four_eyes", "inpatient_chronic", "cross_region", "maternity")
    search_fields = ("code", "name", "region")
    search_help_text = "查找：机构编号、机构名称、统筹区"
    # Switching the environment drains the queue first: the settings page does that.
    readonly_fields = ("public_id", "environment")
    fieldsets = (
        (None, {"fields": ("code", "name", "kind", "region", "level", "is_active")}),
        ("业务开通", {"fields": ("inpatient_chronic", "cross_region", "maternity", "per_capita")}),
        ("控制", {"fields": ("four_eyes", "environment", "public_id")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), *(("code",) if obj else ()))


@admin.register(User)
class UserAdmin(PlatformAdmin):
    list_display = ("username", "full_name", "managed_by", "is_active", "is_platform_admin", "must_change_password")
    list_filter = (
        "is_active",
        "is_platform_admin",
        "must_change_password",
        ("managed_by", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("managed_by",)
    search_fields = ("username", "full_name")
    search_help_text = "查找：用户名、姓名"
    fields = ("username", "full_name", "is_active", "managed_by", "is_platform_admin", "password_set_at", "last_login")
    readonly_fields = ("is_platform_admin", "managed_by", "password_set_at", "last_login")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("username", "full_name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "username") if obj else ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            request.one_time_password = give_one_time_password(obj)  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """The password is shown in this answer only: a message would travel in a cookie."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"已新增 {obj}",
            "person": obj,
            "password": request.one_time_password,  # type: ignore[attr-defined]
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/one_time_password.html", context)


@admin.register(Membership)
class MembershipAdmin(PlatformAdmin):
    """Read only; see the module's docstring."""

    add_permission = change_permission = None
    list_display = ("user", "username", "institution", "roles_in_words", "is_active", "created_at")
    list_filter = ("is_active", ("institution", admin.RelatedOnlyFieldListFilter), "created_at")
    list_select_related = ("user", "institution")
    search_fields = ("user__username", "user__full_name", "institution__name", "institution__code")
    search_help_text = "查找：用户名、姓名、机构名称、机构编号"
    fields = ("user", "institution", "roles_in_words", "is_active", "created_at")

    @admin.display(description="用户名", ordering="user__username")
    def username(self, membership: Membership) -> str:
        return membership.user.username

    @admin.display(description="角色")
    def roles_in_words(self, membership: Membership) -> str:
        return "、".join(role.label for role in Role if role in membership.roles) or "—"
