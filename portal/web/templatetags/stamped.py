"""The tag `csrf_token`, which every form has, also writes where the page was opened (portal.access.stamps).

A builtin of the template engine: no form can forget it, the admin's included.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from portal.access.stamps import FIELD, stamp_of

register = template.Library()


class StampedTokenNode(CsrfTokenNode):
    """The token's hidden field, and behind it the page's stamp when the page belongs to an institution."""

    def render(self, context: Any) -> str:
        token = super().render(context)
        member = getattr(context.get("request"), "member", None)
        stamp = stamp_of(member.institution) if member is not None else ""
        if not stamp:
            return token
        return format_html('{}<input type="hidden" name="{}" value="{}">', token, FIELD, stamp)


@register.tag
def csrf_token(parser: Parser, token: Token) -> StampedTokenNode:
    return StampedTokenNode()
