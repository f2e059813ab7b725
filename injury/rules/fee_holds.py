"""Why a fee item cannot go now although it is in order: what a person can put right here. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from injury.rules.fee_lines import DRUG

SELF_PAID = "3"
#: What the dosage form of a treatment or material outside of the catalogue is, when the hospital names none.
NO_DOSAGE_FORM = "无"


class Held(Protocol):
    """What is asked of a fee item."""

    @property
    def kind(self) -> str: ...
    @property
    def own_grade(self) -> str: ...
    @property
    def dosage_form(self) -> str: ...
    @property
    def trace_codes(self) -> str: ...
    @property
    def is_unrelated(self) -> bool: ...
    @property
    def is_rescue(self) -> bool: ...


class Place(Protocol):
    """What is asked of its mapping (services.mapping.Mapped)."""

    @property
    def is_outside(self) -> bool: ...
    @property
    def hold(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Hold:
    """The kind (models.HeldKind), the sentence, and what to do about it."""

    kind: str
    because: str


#: What a person does about each kind of hold.
REMEDIES = {
    "mapping": "到“目录对照”更新这个项目的对照，之后自动重新检查",
    "trace": "更正这条费用，补录药品追溯码",
    "outside": "更正这条费用，补全目录外项目须填的内容；或先做目录对照",
    "flag": "更正这条费用的标识；或先核对目录对照",
    "charge": "先处理被冲减的收费，之后自动重新检查",
    "refused": "按中心的说明更正这条费用；确认无误的选中后点“重新上传”",
}


def hold(item: Held, place: Place) -> Hold | None:
    """Why this item has to wait; None when it may go. The first reason that stands in the way."""
    if place.hold:
        return Hold("mapping", place.hold)
    if item.kind == DRUG and not item.trace_codes:
        return Hold("trace", "药品追溯码：药品必填，请补录后再上传")
    if place.is_outside and item.own_grade not in ("", SELF_PAID):
        return Hold("outside", "收费项目等级：目录外项目只能是 3 自费（81026）")
    if place.is_outside and item.kind == DRUG and not item.dosage_form:
        return Hold("outside", "剂型：目录外药品必填")
    if item.is_unrelated and place.is_outside:
        return Hold("flag", "非工伤治疗标识：只有目录内项目才能标识（81038）")
    if item.is_rescue and not place.is_outside:
        return Hold("flag", "特殊伤情抢救标识：只有目录外的自费项目才能标识（81035）")
    return None
