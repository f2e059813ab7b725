from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone


class QuickSearch(django_filters.CharFilter):  # type: ignore[misc]
    """One box that searches several text fields and says which: `QuickSearch(("medins_name", "机构名称"), …)`."""

    def __init__(self, *targets: tuple[str, str], label: str = "快速查找", **kwargs: Any) -> None:
        self.paths = [path for path, _ in targets]
        says = "、".join(words for _, words in targets)
        widget = forms.TextInput(attrs={"placeholder": says, "title": f"查找：{says}", "type": "search"})
        super().__init__(label=label, widget=widget, max_length=100, **kwargs)

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        condition = Q()
        for path in self.paths:
            condition |= Q(**{f"{path}__icontains": value})
        return rows.filter(condition) if value else rows


def choose(label: str, choices: Any, *, empty: str = "全部", **kwargs: Any) -> django_filters.ChoiceFilter:
    """A drop-down with a first entry that filters nothing."""
    messages = {"invalid_choice": "没有这个选项"}
    return django_filters.ChoiceFilter(
        label=label, choices=choices, empty_label=empty, error_messages=messages, **kwargs
    )


def day_start(day: date) -> datetime:
    """Midnight in Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min))


def day_end(day: date) -> datetime:
    """The midnight after it; a filter may name the last day that there is."""
    return day_start(day + timedelta(days=1) if day < date.max else day)


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Filters of a list; wrong input leaves no rows and says why beside the field, never every row."""

    def filtered(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.qs if self.is_valid() else self.queryset.none()
        return rows

    @property
    def query(self) -> str:
        """The filter alone as a query string, to be sent with "all that match"."""
        names = set(self.form.fields)
        pairs = [(name, value) for name, values in self.data.lists() if name in names for value in values if value]
        return urlencode(pairs)
