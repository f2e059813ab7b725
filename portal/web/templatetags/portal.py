"""Template tags of the frame: icons, form controls with their labels and errors, optional links, amounts."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.codes import code_list
from portal.web.context import address

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """A symbol of portal/icons.svg; decoration only, the words beside it say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
def address_of(name: str) -> str:
    """The address of a page, or "" while nobody serves it."""
    return address(name)


@register.simple_tag
def link_if(name: str, label: str, css: str = "") -> SafeString | str:
    """A link to a page that may be absent from this installation."""
    url = address(name)
    return format_html('<a class="{}" href="{}">{}</a>', css, url, label) if url else ""


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget with our look, its errors and help announced with it."""
    widget = field.field.widget
    css = {"class": _css(widget)} if _css(widget) else {}
    described = [f"{field.auto_id}-help"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}-error")
        css["class"] = f"{css.get('class', '')} is-invalid".strip()
        css["aria-invalid"] = "true"
    if described:
        css["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs={**widget.attrs, **css})


def _css(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.Select | forms.NullBooleanSelect):
        return "form-select form-select-sm"
    if isinstance(widget, forms.MultiWidget):
        return "form-control form-control-sm split"
    return "form-control form-control-sm"


@register.filter
def money(value: Decimal | None) -> str:
    """1234567.5 → 1,234,567.50; nothing → a dash."""
    return "—" if value is None else f"{value:,.2f}"


@register.filter
def price(value: Decimal | None) -> str:
    """1234.5 → 1,234.50; 3.333333 as it is: at least two places, no zeros beyond them."""
    if value is None:
        return "—"
    whole, _, rest = f"{value:,f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


@register.filter
def count(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


@register.filter
def moment(value: datetime | date | None) -> str:
    """Dates and times the one way the portal writes them, Asia/Shanghai."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    return value.strftime("%Y-%m-%d")


@register.filter
def coded(code: str | None, name: str) -> str:
    """`{{ "1"|coded:"injury.akc175" }}`: the code's label; an unknown code as it is, nothing as a dash."""
    return code_list(name).label(code) if code else "—"


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key, "")
