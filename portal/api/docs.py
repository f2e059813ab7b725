"""The API describes itself: schema for programs, a page for people, both without any outside connection or script."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView

from portal.access.gate import open_page, page
from portal.access.member import PortalRequest
from portal.api.problems import NOT_FOUND, answer
from portal.api.reference import Field, fields, reference
from portal.api.schema import PROBLEM
from portal.api.views import ApiView
from portal.hooks.events import declared_events


class Document(SchemaGenerator):
    """The schema, made once a process: it is the same for everybody, and making it takes a second."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """Not to be changed by whoever gets it."""
        if self.api_version or not public:
            return super().get_schema(request, public)  # type: ignore[no-untyped-call]
        return _document(settings.ROOT_URLCONF)


@lru_cache(maxsize=2)
def _document(urlconf: str) -> Any:
    return SchemaGenerator(urlconf=urlconf).get_schema(public=True)  # type: ignore[no-untyped-call]


class Schema(ApiView, SpectacularJSONAPIView):
    """OpenAPI 3.1; every key may read it."""

    permissions = {"GET": "portal.use"}
    generator_class = Document


@page("portal.use")
def docs(request: PortalRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"reference": _reference(settings.ROOT_URLCONF)})


@lru_cache(maxsize=2)
def _reference(urlconf: str) -> SafeString:
    """As it stands in the page; it changes with a new version of the portal only."""
    groups, problem = reference(_document(urlconf)), reference_of_problem()
    return render_to_string("api/reference.html", {"groups": groups, "problem": problem, "events": declared_events()})


def reference_of_problem() -> list[Field]:
    return list(fields({}, PROBLEM))


@open_page(methods=("GET", "POST", "PUT", "PATCH", "DELETE"), reason="says that nothing is at this address, to anybody")
def nothing_here(request: HttpRequest) -> HttpResponse:
    return answer(request, 404, NOT_FOUND)
