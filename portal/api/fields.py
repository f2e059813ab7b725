"""Fields of calls that are narrower than REST framework's."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

YEARS = range(1900, 3000)


class Moment(serializers.DateTimeField):
    """A moment as a caller gives it; the ends of the calendar are none in every time zone, nor anybody's visit."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            found = super().to_internal_value(value)
        except OverflowError:  # REST framework catches it for some ways of writing only
            found = None
        if found is None or found.year not in YEARS:
            raise serializers.ValidationError(f"年份须为 {YEARS[0]} 至 {YEARS[-1]}")
        return found


class Text(serializers.CharField):
    """Text is text: REST framework would write a number out, and `0` would be a reason."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))
