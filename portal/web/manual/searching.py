"""Finding a section of the help or a code: by words, by code, by pinyin initials of a code's name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape

from django.template.loader import render_to_string
from django.urls import reverse

from portal.codes import CodeList, code_lists
from portal.web.manual import Topic, topics

MOST = 40
#: Characters shown before and after what was found.
AROUND = 24, 90
HEADING = re.compile(r'<h3 id="([^"]+)">(.*?)</h3>', re.S)


@dataclass(frozen=True)
class Section:
    """A part of a topic, as words only."""

    topic: Topic
    anchor: str
    title: str
    text: str

    @property
    def place(self) -> str:
        return self.topic.title if self.anchor else self.topic.chapter

    @property
    def url(self) -> str:
        return f"{self.topic.url}#{self.anchor}" if self.anchor else self.topic.url


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, where it stands, and the words around what was looked for."""

    title: str
    place: str
    url: str
    before: str = ""
    found: str = ""
    after: str = ""


def body_of(topic: Topic) -> str:
    """The topic's sections as HTML; the same for everybody."""
    return render_to_string(topic.template, dict(topic.context()))


@cache
def sections() -> tuple[Section, ...]:
    """Everything that can be found in topics; texts change only with a new version."""
    return tuple(section for topic in topics() for section in _cut(topic))


def _cut(topic: Topic) -> Iterator[Section]:
    head, *rest = HEADING.split(body_of(topic))
    yield Section(topic, "", topic.title, f"{_words(head)} {topic.words}".strip())
    for anchor, title, html in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        yield Section(topic, anchor, _words(title), _words(html))


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def search(query: str) -> list[Hit]:
    """Sections that hold every word of the query, titles first, then codes; empty for an empty query."""
    words = query.lower().split()[:5]
    if not words:
        return []
    ranked = [(rank, section) for section in sections() if (rank := _rank(section, words)) is not None]
    ranked.sort(key=lambda pair: pair[0])
    found = [_hit(section, words) for _, section in ranked]
    return [*found, *(hit for listed in code_lists() for hit in _codes(listed, words))][:MOST]


def _rank(section: Section, words: list[str]) -> int | None:
    title, text = section.title.lower(), section.text.lower()
    if all(word in title for word in words):
        return 0
    return 1 if all(word in title or word in text for word in words) else None


def _hit(section: Section, words: list[str]) -> Hit:
    text, first = section.text, len(section.text)
    for word in words:
        at = text.lower().find(word)
        first = min(first, at) if at >= 0 else first
    if first == len(text):
        return Hit(section.title, section.place, section.url, after=text[: sum(AROUND)])
    length = next(len(word) for word in words if text.lower().startswith(word, first))
    start, end = max(0, first - AROUND[0]), first + length
    before = ("…" if start else "") + text[start:first]
    after = text[end : end + AROUND[1]] + ("…" if len(text) > end + AROUND[1] else "")
    return Hit(section.title, section.place, section.url, before, text[first:end], after)


def _codes(listed: CodeList, words: list[str]) -> Iterator[Hit]:
    address = reverse("web:help-codes", args=[listed.scope, listed.name])
    for one in listed.codes.values():
        if all(one.matches(word) for word in words):
            yield Hit(f"{one.code} {one.label}", f"{listed.title}（{listed.source}）", f"{address}?q={one.code}")
