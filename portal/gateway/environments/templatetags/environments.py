"""What the settings page takes from here: the manual's presets, and the way to the environments."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.access.models.institution import Environment
from portal.gateway.channels.faults import presets

register = template.Library()


@register.simple_tag
def preset_button(gateway: str, environment: str) -> SafeString | str:
    """A button that fills in the manual's address of this environment (appendix A); "" when the gateway has none."""
    found = presets(gateway)
    address = found["addresses"].get(environment, "")
    if not address:
        return ""
    return format_html(
        '<button type="button" class="btn btn-light btn-sm" data-preset-for="#channel-form" data-preset-base_url="{}"'
        ' data-preset-host_address="{}">填入{}预设</button>',
        address,
        found.get("host_addresses", {}).get(environment, ""),
        Environment(environment).label,
    )
