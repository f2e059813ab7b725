from typing import Any

from django.core.checks import Error, register

from portal.papers.fonts import missing_characters


@register()
def papers_can_be_printed(app_configs: Any, **_: Any) -> list[Error]:
    missing = missing_characters()
    if not missing:
        return []
    hint = "install fontconfig and fonts-noto-cjk"
    return [Error(f"no font can print {''.join(missing)}: papers would show boxes", hint=hint, id="papers.E001")]
