"""Pages of the help; the same for everybody who is signed in, whatever institution they work in."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import mark_safe

from portal.access.gate import page, signed_in_page
from portal.access.member import PortalRequest
from portal.codes import CodeList, code_list, code_lists
from portal.web.manual import Topic, topic, topics
from portal.web.manual.dictionaries import entries, export_codes, scope_title
from portal.web.manual.searching import body_of, search

EVERYBODY = "the help is the same for everybody and shows no rows"


@signed_in_page(reason=EVERYBODY)
def help_index(request: PortalRequest) -> HttpResponseBase:
    """All topics, or what a search found."""
    query = request.GET.get("q", "").strip()[:60]
    context = {**_contents(), "query": query, "hits": search(query)}
    return render(request, "help/index.html", context)


@signed_in_page(reason=EVERYBODY)
def help_topic(request: PortalRequest, name: str) -> HttpResponseBase:
    """One topic; with ?part=1 its text alone, for the panel beside a page."""
    shown = _topic_or_404(name)
    body = mark_safe(body_of(shown))  # noqa: S308  our own templates, nothing of them comes from people
    if request.GET.get("part") == "1":
        context: dict[str, Any] = {"topic": shown, "body": body, "section": request.GET.get("section", "")}
        return render(request, "help/part.html", context)
    return render(request, "help/topic.html", {**_contents(), "topic": shown, "body": body})


@signed_in_page(reason=EVERYBODY)
def codes(request: PortalRequest, scope: str, name: str) -> HttpResponseBase:
    """A dictionary with its codes, searched by code, name or pinyin initials."""
    listed, query = _list_or_404(scope, name), request.GET.get("q", "").strip()[:60]
    context = {
        **_contents(),
        "listed": listed,
        "entries": entries(listed, query),
        "query": query,
        "export_query": urlencode({"q": query}) if query else "",
    }
    return render(request, "help/codes.html", context)


@page("portal.use")
def codes_export(request: PortalRequest, scope: str, name: str) -> HttpResponseBase:
    """The same as Excel; recorded like every export."""
    listed = _list_or_404(scope, name)
    return export_codes(listed, request.GET.get("q", "").strip()[:60], by=request.member)


def _contents() -> dict[str, Any]:
    """What the column on the left shows."""
    lists = sorted(code_lists(), key=lambda one: (scope_title(one), one.source, one.title))
    return {
        "chapters": [(chapter, list(found)) for chapter, found in groupby(topics(), key=_chapter)],
        "dictionaries": [(title, list(found)) for title, found in groupby(lists, key=scope_title)],
    }


def _chapter(one: Topic) -> str:
    return one.chapter


def _topic_or_404(name: str) -> Topic:
    try:
        return topic(name)
    except LookupError:
        raise Http404("没有这个帮助主题") from None


def _list_or_404(scope: str, name: str) -> CodeList:
    try:
        return code_list(f"{scope}.{name}")
    except LookupError:
        raise Http404("没有这个数据字典") from None
