"""The help: every app declares in its `help.py` which topic explains which of its pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

#: In the order of the help's first page.
CHAPTERS = (
    "开始使用",
    "清算业务",
    "月结与异地清分",
    "报表",
    "工伤保险",
    "医保结算",
    "对账",
    "系统",
    "常见问题与对照表",
)

_topics: dict[str, "Topic"] = {}
_pages: dict[str, "Topic"] = {}


def _nothing() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Topic:
    """One page of the help; constructing it declares it.

    `template` holds sections, each beginning with `<h3 id="…">`. `pages` are the url names that it explains: their "?"
    leads here, to `url_name#section` where the name is followed by a section. `words` are found by the search, too.
    Raises ValueError for an unknown chapter or a second declaration.
    """

    name: str
    chapter: str
    title: str
    template: str
    order: int = 100
    pages: tuple[str, ...] = ()
    words: str = ""
    context: Callable[[], Mapping[str, Any]] = field(default=_nothing, compare=False)

    def __post_init__(self) -> None:
        if self.chapter not in CHAPTERS:
            raise ValueError(f"unknown chapter {self.chapter!r}")
        if _topics.setdefault(self.name, self) != self:
            raise ValueError(f"help topic {self.name!r} is declared twice")
        for page in self.pages:
            if _pages.setdefault(page.partition("#")[0], self) != self:
                raise ValueError(f"{page} has two help topics")

    @property
    def url(self) -> str:
        return reverse("web:help-topic", args=[self.name])

    def section_of(self, url_name: str) -> str:
        """The section that explains this page, "" for the whole topic."""
        return next((page.partition("#")[2] for page in self.pages if page.partition("#")[0] == url_name), "")


def topic(name: str) -> Topic:
    """Raises LookupError for a topic nobody declared."""
    try:
        return _topics[name]
    except KeyError:
        raise LookupError(f"no help topic {name!r}") from None


def topics() -> tuple[Topic, ...]:
    """All topics in the order of the help."""
    return tuple(sorted(_topics.values(), key=lambda one: (CHAPTERS.index(one.chapter), one.order, one.name)))


def topic_of(url_name: str) -> Topic | None:
    """What explains this page; None where nobody said."""
    return _pages.get(url_name)


def pages_explained() -> frozenset[str]:
    """Every url name that some topic claims."""
    return frozenset(_pages)
