"""A message as a list that folds with `details`: no script, usable by keyboard."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.gateway.console.lists import result_of, tone_of
from portal.gateway.console.models import ConsoleCall
from portal.gateway.folding import Folded, Line
from portal.gateway.shown import kind_title

register = template.Library()


@register.simple_tag
def folded_message(message: Folded) -> SafeString:
    """The first level is open, what lies deeper is folded."""
    if message.sentence:
        return format_html('<p class="quiet">{}</p>', message.sentence)
    if not message.lines:
        return format_html('<p class="quiet">{}</p>', "内容为空")
    return format_html('<ul class="json">{}</ul>', _lines(message.lines))


def _lines(lines: Iterable[Line]) -> SafeString:
    return format_html_join("", "<li>{}</li>", ((_line(one),) for one in lines))


def _line(line: Line) -> SafeString:
    label = format_html(' <span class="json-label">{}</span>', line.label) if line.label else ""
    name = format_html('<span class="json-name">{}</span>{}', line.name, label)
    if line.lines:
        more = format_html('<li class="quiet">还有 {} 条没有显示，可下载原文查看</li>', line.more) if line.more else ""
        return format_html(
            '<details><summary>{} <span class="quiet">{}</span></summary><ul>{}{}</ul></details>',
            name,
            line.size,
            _lines(line.lines),
            more,
        )
    note = format_html(' <span class="json-note">{}</span>', line.note) if line.note else ""
    css = "json-text" if line.is_text else "json-other"
    return format_html('{}<span class="json-value {}">{}</span>{}', name, css, line.value, note)


@register.filter
def call_title(call: ConsoleCall) -> str:
    """The transaction's title."""
    return kind_title(call.gateway, call.kind)


@register.filter
def call_result(call: ConsoleCall) -> str:
    """Where the call stands, in words."""
    return result_of(call)


@register.filter
def call_tone(call: ConsoleCall) -> str:
    """The tone of its tag."""
    return tone_of(call)
