"""What a step is about: year, insurance, agency."""

from typing import Any

from django import forms
from django.utils import timezone

from clearing.models import Scope
from clearing.models.scope import ALL_AGENCIES, known_years
from portal.codes import code_list


def year_choices() -> list[tuple[int, str]]:
    return [(year, f"{year} 年") for year in reversed(known_years())]


def last_year() -> int:
    """The year that is usually cleared."""
    return timezone.localdate().year - 1


def codes(name: str) -> list[tuple[str, str]]:
    """A dictionary for a drop-down; what all its labels end in is left out, so that they fit."""
    listed = code_list(f"clearing.{name}").choices()
    return [(code, f"{label.removesuffix('基本医疗保险')}（{code}）") for code, label in listed]


class YearField(forms.TypedChoiceField):
    """A clearing year; anything outside 2015 to next year is refused with the range."""

    def __init__(self, **options: Any) -> None:
        years = known_years()
        super().__init__(
            label="清算年份",
            choices=year_choices,
            coerce=int,
            initial=last_year,
            error_messages={
                "required": "请选择清算年份",
                "invalid_choice": f"清算年份：应在 {years[0]} 至 {years[-1]} 之间",
            },
            **options,
        )


class ScopeForm(forms.Form):
    """Year, insurance and one agency."""

    year = YearField()
    insurance = forms.ChoiceField(
        label="险种",
        choices=lambda: codes("aka080"),
        error_messages={"required": "请选择险种", "invalid_choice": "险种：应为 001（城镇职工）或 002（城乡居民）"},
    )
    agency = forms.ChoiceField(
        label="清算机构",
        choices=lambda: codes("qsjg00"),
        error_messages={"required": "请选择清算机构", "invalid_choice": "清算机构：应为 001、002 或 003"},
    )

    def scope(self, environment: str) -> Scope:
        """The chosen scope; only after is_valid()."""
        data = self.cleaned_data
        return Scope(environment, data["year"], data["insurance"], data["agency"])


class WideScopeForm(ScopeForm):
    """Year, insurance and one agency or all."""

    agency = forms.ChoiceField(
        label="清算机构",
        required=False,
        choices=lambda: [("", ALL_AGENCIES), *codes("qsjg00")],
        error_messages={"invalid_choice": "清算机构：应为 001、002、003 或全部"},
    )
