"""The guided path as the page shows it: each step with its way in, if the member may take it."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from injury.models import Admission, AdmissionState
from injury.rules.path import Step
from injury.services.guiding import Guidance
from portal.access.member import PortalRequest

#: Step: (page, permission, what the button says).
WAYS: dict[str, tuple[str, str, str]] = {
    "ask": ("injury:people", "injury.people.find", "查询工伤人员"),
    "register": ("injury:admission-edit", "injury.admission.edit", "填写入院信息"),
    "fees": ("injury:upload", "injury.fees.upload", "上传费用"),
    "approve": ("injury:upload", "injury.fees.upload", "核准费用"),
    "discharge": ("injury:discharge", "injury.discharge.submit", "办理出院"),
    "sheet": ("injury:sheet", "injury.sheet.ask", "获取结算单"),
}
ALONE = {"injury:people"}


@dataclass(frozen=True)
class ShownStep:
    """A step with the address that it is taken at; empty when there is none for this member now."""

    step: Step
    url: str
    button: str


def path_context(request: PortalRequest, admission: Admission, guide: Guidance) -> dict[str, Any]:
    """Steps with their addresses, and the one that is next; whether the registration may be sent or taken back."""
    is_empty = not guide.fees.count
    shown = [_shown(request, admission, step, is_empty=is_empty) for step in guide.steps]
    may = request.member.may
    is_draft = admission.state == AdmissionState.DRAFT
    ready = is_draft and not any(one.step.key == "register" and "处要" in one.step.reason for one in shown)
    return {
        "guide": guide,
        "path": shown,
        "next": next((one for one in shown if one.step.is_possible), None),
        "is_ready": ready,
        "may": {
            "edit": is_draft and may("injury.admission.edit"),
            "register": is_draft and may("injury.admission.register"),
            "undo": admission.state == AdmissionState.ADMITTED and may("injury.admission.undo"),
            "again": admission.state == AdmissionState.UNDONE and may("injury.admission.edit"),
            "read": may("injury.identities.read"),
        },
    }


def _shown(request: PortalRequest, admission: Admission, step: Step, *, is_empty: bool) -> ShownStep:
    name, permission, button = WAYS.get(step.key, ("", "", ""))
    if step.key == "fees" and is_empty and step.is_possible and request.member.may("injury.fees.enter"):
        return ShownStep(step, f"{reverse('injury:fee-import')}?admission={admission.pk}", "导入费用")
    if not name or not step.is_possible or not request.member.may(permission):
        return ShownStep(step, "", button)
    try:
        return ShownStep(step, reverse(name, args=[] if name in ALONE else [admission.pk]), button)
    except NoReverseMatch:
        return ShownStep(step, "", button)
