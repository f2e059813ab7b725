"""The filters of the pages' lists, for the API: the same conditions, and every wrong parameter by name."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from portal.api.problems import Problem


def parameters(filter_class: Any) -> list[OpenApiParameter]:
    """The query parameters of a ListFilter, for the schema."""
    declared = filter_class.base_filters.items()
    return [OpenApiParameter(name, str, description=str(one.label)) for name, one in declared]


def filtered(filter_class: Any, params: QueryDict, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that the pages' own filter matches; raises Problem naming each wrong parameter."""
    chosen = filter_class(params, queryset=rows)
    if not chosen.is_valid():
        errors = [
            {"pointer": f"/{name}", "detail": f"{chosen.form.fields[name].label}：{words[0]}"}
            for name, words in chosen.errors.items()
        ]
        raise Problem(422, "invalid", "查询条件不符合要求", errors=errors)
    found: QuerySet[Any] = chosen.filtered()
    return found
