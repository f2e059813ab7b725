"""The API describes itself: schema for programs, a page for people, both without any outside connection or script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView

from portal.access.gate import open_page, page
from portal.access.member import PortalRequest
from portal.api.problems import NOT_FOUND, answer
from portal.api.reference import Field, fields, reference
from portal.api.schema import PROBLEM
from portal.api.views import ApiView
from portal.hooks.events import declared_events


class Schema(ApiView, SpectacularJSONAPIView):
    """OpenAPI 3.1; every key may read it."""

    permissions = {"GET": "portal.use"}


@page("portal.use")
def docs(request: PortalRequest) -> HttpResponse:
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)
    return render(
        request,
        "api/docs.html",
        {"groups": reference(schema), "problem": reference_of_problem(), "events": declared_events()},
    )


def reference_of_problem() -> list[Field]:
    return list(fields({}, PROBLEM))


@open_page(methods=("GET", "POST", "PUT", "PATCH", "DELETE"), reason="says that nothing is at this address, to anybody")
def nothing_here(request: HttpRequest) -> HttpResponse:
    return answer(request, 404, NOT_FOUND)
