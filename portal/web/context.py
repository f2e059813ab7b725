from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from portal.access.gate import break_glass_of
from portal.access.member import Member
from portal.access.models import BreakGlass, Institution, User
from portal.access.models.institution import Environment
from portal.access.stamps import stamp_of
from portal.web import navigation
from portal.web.manual import topic_of


class Frame:
    """What the frame around every page shows; asks nothing of the database."""

    idle_seconds = settings.IDLE_SECONDS
    idle_warning = settings.IDLE_WARNING_SECONDS

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def member(self) -> Member | None:
        return getattr(self.request, "member", None)

    @property
    def is_inside(self) -> bool:
        """Signed in and through the gate: otherwise the frame has neither navigation nor account menu."""
        return self.member is not None and self.member.user is not None

    @property
    def institution(self) -> Institution | None:
        return self.member.institution if self.member else None

    @property
    def is_test(self) -> bool:
        return self.institution is not None and self.institution.environment == Environment.TEST

    @property
    def stamp(self) -> str:
        """Where this page was opened; its forms and requests carry it along (portal.access.stamps)."""
        return stamp_of(self.institution)

    @property
    def glass(self) -> BreakGlass | None:
        """The emergency view through which this page is seen; already found by the gate."""
        return break_glass_of(self.request) if self.institution else None

    @property
    def is_platform_admin(self) -> bool:
        user = getattr(self.request, "user", None)
        return isinstance(user, User) and user.is_platform_admin

    @property
    def has_data_management(self) -> bool:
        """Whether Django admin has a page for this person on this side of the wall."""
        from django.contrib import admin

        from portal.web.admin_kit import PortalAdmin

        side, pages = "institution" if self.institution else "platform", admin.site._registry.values()
        here = [page for page in pages if isinstance(page, PortalAdmin) and page.side == side]
        return self.member is not None and any(self.member.may(page.view_permission) for page in here)

    @property
    def sidenav(self) -> str:
        """The left navigation, as it stands in the page."""
        return navigation.written(navigation.sections(self.request, self.member)) if self.member else ""

    @cached_property
    def tabs(self) -> list[navigation.Link]:
        return navigation.tabs(self.request, self.member) if self.member else []

    @cached_property
    def help(self) -> tuple[str, str] | None:
        """Where this page is explained, and the same as a part for the panel; None where nobody explains it."""
        name = self.request.resolver_match.view_name if self.request.resolver_match else ""
        found = topic_of(name)
        if found is None:
            return None
        section = found.section_of(name)
        anchor, query = (f"#{section}", f"&section={section}") if section else ("", "")
        return f"{found.url}{anchor}", f"{found.url}?part=1{query}"

    @property
    def keepalive_url(self) -> str:
        return address("access:keepalive")

    @property
    def request_id(self) -> str:
        return getattr(self.request, "request_id", "")


def address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: one name, `frame`, for everything around the page."""
    return {"frame": Frame(request)}
