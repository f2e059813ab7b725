"""The left navigation and the tabs of each area: every app declares its pages in its own `navigation.py`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from portal.access.member import Member
from portal.access.permissions import permission

#: Sections and areas in the order of the clerk's work (manual 1.3, design 5); icons are symbols in portal/icons.svg.
SECTIONS: dict[str, dict[str, str]] = {
    "业务管理": {"工作台": "desk"},
    "清算流程": {
        "清算数据": "data",
        "月结查询": "month",
        "核对管理": "verify",
        "申请管理": "apply",
        "异地清分": "travel",
    },
    "报表打印": {"报表导出": "print"},
    "医保业务": {
        "工伤": "injury",
        "工伤查询": "search",
        "工伤目录": "columns",
        "结算": "settle",
        "收费台": "pay",
        "备案与上传": "apply",
        "医保查询": "search",
        "国家接口": "columns",
        "对账": "compare",
    },
    "系统": {"系统配置": "settings", "操作日志": "log", "平台管理": "platform"},
}
AREAS = tuple(area for areas in SECTIONS.values() for area in areas)

_items: dict[str, "NavItem"] = {}


@dataclass(frozen=True)
class NavItem:
    """One page in the navigation; constructing it declares it.

    The area's link leads to its first permitted page, its pages are tabs below the page's title.
    Raises ValueError for an unknown area, LookupError for an undeclared permission.
    """

    area: str
    label: str
    url_name: str
    permission: str
    order: int = 100
    #: Further pages (url names) that belong under this tab.
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.area not in AREAS:
            raise ValueError(f"unknown navigation area {self.area!r}")
        permission(self.permission)
        if _items.setdefault(self.url_name, self) != self:
            raise ValueError(f"navigation item {self.url_name!r} is declared twice")

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool
    icon: str = ""


@dataclass(frozen=True)
class Section:
    label: str
    links: tuple[Link, ...]


def declared_items() -> tuple[NavItem, ...]:
    """Every declared page, in the order of areas and then of the items."""
    return tuple(sorted(_items.values(), key=lambda item: (AREAS.index(item.area), item.order, item.url_name)))


def current_item(request: HttpRequest) -> NavItem | None:
    """The item of this page: its own, one that lists it, or the one whose address begins this page's address."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    for item in _items.values():
        if name == item.url_name or name in item.also:
            return item
    below = [item for item in _items.values() if item.url != "/" and request.path.startswith(item.url)]
    return max(below, key=lambda item: len(item.url), default=None)


def sections(request: HttpRequest, member: Member) -> tuple[Section, ...]:
    """What this member may open, by section; areas and sections without pages are left out."""
    here, pages = current_item(request), _pages(member)
    found = (_section(label, areas, pages, here) for label, areas in SECTIONS.items())
    return tuple(section for section in found if section.links)


@lru_cache(maxsize=512)
def written(shown: tuple[Section, ...]) -> SafeString:
    """The navigation as HTML: the same for everybody with these links, and the larger part of most pages' templates."""
    return render_to_string("parts/navigation.html", {"sections": shown})


def _section(label: str, areas: dict[str, str], pages: dict[str, list[NavItem]], here: NavItem | None) -> Section:
    def links() -> Iterator[Link]:
        for area, icon in areas.items():
            if area in pages:
                yield Link(area, pages[area][0].url, here is not None and here.area == area, icon)

    return Section(label, tuple(links()))


def tabs(request: HttpRequest, member: Member) -> list[Link]:
    """The pages of this page's area; empty when there is only one."""
    here = current_item(request)
    pages = _pages(member).get(here.area, []) if here else []
    return [Link(item.label, item.url, item is here) for item in pages] if len(pages) > 1 else []


def _pages(member: Member) -> dict[str, list[NavItem]]:
    """What this member may open, by area."""
    found: dict[str, list[NavItem]] = {}
    for item in declared_items():
        if member.may(item.permission):
            found.setdefault(item.area, []).append(item)
    return found


NavItem("工作台", "工作台", "web:dashboard", "portal.use", 0)
