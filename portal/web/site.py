"""Django admin behind the portal's gate (design 4.1): one side of the wall a page, no log of its own, no superuser."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from portal.access.gate import Gate, institution_member, open_page, pass_gate, platform_member
from portal.access.member import PortalRequest
from portal.access.models import User
from portal.web.admin_kit import PortalAdmin

#: The site's own pages show nothing but names of models the person may open.
OWN_PAGES = Gate("signed-in", None, ("GET", "POST"), "lists the models this person may open")


@open_page(reason="leads to the portal's own sign-in page")
def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    return redirect("access:sign-in")


class PortalAdminSite(AdminSite):
    """Takes PortalAdmin classes only: whatever a package registers for itself is not reachable."""

    site_header = "医保结算门户 · 数据管理"
    site_title = "数据管理"
    index_title = "数据管理"
    site_url = "/"
    enable_nav_sidebar = True
    empty_value_display = "—"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        if admin_class is not None and issubclass(admin_class, PortalAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def unregister(self, model_or_iterable: Any) -> None:
        """A package may take back what was never taken in."""
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        super().unregister([model for model in models if self.is_registered(model)])

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.is_active

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        owner = getattr(view, "__self__", None)
        gate = owner.gate if isinstance(owner, PortalAdmin) else OWN_PAGES

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asked = cast(PortalRequest, request)
            if isinstance(request.user, User):
                if request.user.needs_new_password:
                    return redirect("access:password")
                find_sides(asked)
            return pass_gate(gate, asked, lambda: cast(HttpResponseBase, view(request, *args, **kwargs)))

        guarded: Callable[..., Any] = csrf_protect(inner)
        return guarded if cacheable else never_cache(guarded)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # The shortcut from a content type and an id to a page would look through the wall.
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in ("view_on_site", "login")]
        for url in urls:
            if isinstance(url, URLPattern):
                url.callback.gate = OWN_PAGES  # type: ignore[attr-defined]
        return [path("login/", to_sign_in, name="login"), *urls]

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("web:dashboard")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("access:password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("access:password")

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """Its rows would come from outside every door."""
        raise Http404

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if not self.get_app_list(request):
            raise PermissionDenied("您没有可以管理的数据")
        return super().index(request, extra_context)


def find_sides(request: PortalRequest) -> None:
    """Who this person is on either side of the wall, so that the index can name what may be opened on both."""
    try:
        member = institution_member(request)
    except PermissionDenied:
        member = None
    request.sides = {"institution": member, "platform": platform_member(request)}  # type: ignore[attr-defined]
