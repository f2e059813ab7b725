"""Every page carries where it was opened: institution and environment. What an outdated page sends is not done.

The stamp travels with every form (the tag `csrf_token` writes it, portal.web.templatetags.stamped) and in a header of
every request that htmx makes (templates/base.html). Whoever sends none, like a hospital system, is not held up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.access.models.institution import Environment, Institution

if TYPE_CHECKING:
    from portal.access.member import PortalRequest

FIELD, HEADER = "opened_in", "X-Opened-In"
REOPENED = "您现在在{place}，页面已重新打开，请核对后再办理。"
SWITCHED = "本机构已切换到{now}，而这个页面是在{then}中打开的：没有做任何修改。请重新打开页面，核对后再办理。"
ELSEWHERE = "您现在的机构是{now}，而这个页面是在另一家机构中打开的：没有做任何修改。请重新打开页面，核对后再办理。"


def stamp_of(institution: Institution | None) -> str:
    """`H14020000001/test`; "" on the platform's side."""
    return f"{institution.code}/{institution.environment}" if institution else ""


def outdated(request: PortalRequest) -> str:
    """Why what this page sends may not be done any more; "" when it may. After the gate found the member."""
    given = request.headers.get(HEADER, "") or (request.POST.get(FIELD, "") if request.method == "POST" else "")
    institution = request.member.institution
    if not given or institution is None or given == stamp_of(institution):
        return ""
    if request.method != "POST":  # a page that looks after parts of itself: nothing was to be done
        return REOPENED.format(place=f"{institution.name}的{Environment(institution.environment).label}")
    code, _, environment = given.partition("/")
    if code != institution.code or environment not in Environment.values:
        return ELSEWHERE.format(now=institution.name)
    now = Environment(institution.environment).label
    return SWITCHED.format(now=now, then=Environment(environment).label)
