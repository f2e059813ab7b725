"""Who is here, with which injury: chains of questions from an identity number, a card or a QR code (4.3 to 4.29)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from injury.messages import (
    CheckCard,
    CheckElectronicCard,
    FindFilings,
    FindInjuries,
    FindReports,
    FindTreatments,
    ReadCard,
    ReadElectronicCard,
)
from injury.models import Enquiry
from injury.rules.identity import identity_fault
from injury.services.enquiries import ask_once, chain, enquire, next_step
from injury.services.refusals import Refused
from portal.access.member import Member
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.messages import Record, Request
from portal.vault import mask_identity, mask_name

LOCAL, ELSEWHERE = "local", "cross"
IDENTITY, CARD, QR = "identity", "card", "qr"
VALID = "1"
Answer = dict[str, Any]
Progress = Callable[[int, int], None]


class Steps:
    """The questions of one chain, in order, each with how it went."""

    def __init__(self, ask: Ask, progress: Progress) -> None:
        self.ask, self.progress = ask, progress
        self.done: list[dict[str, str]] = []
        self.total = 3

    def needed(self, request: Request[Any]) -> Any:
        """The reply; what went wrong ends the chain."""
        reply = ask_once(self.ask, request)
        self._note(request, "answered", "已答复")
        return reply

    def wanted(self, request: Request[Any]) -> Any:
        """The reply, or None when the centre refused or did not answer: the chain goes on without it."""
        try:
            return self.needed(request)
        except Rejected as refusal:
            self._note(request, "refused", refusal.sentence, next_step(refusal.code), refusal.code)
        except (NotSent, Unknown) as error:
            self._note(request, "doubtful", error.sentence)
        return None

    def _note(self, request: Request[Any], state: str, sentence: str, step: str = "", code: str = "") -> None:
        kind = type(request)
        told = {"code": kind.code, "title": kind.title, "state": state, "sentence": sentence}
        self.done.append(told | {"next_step": step, "refused": code})
        self.progress(len(self.done), max(self.total, len(self.done)))


def plain(record: Record) -> dict[str, Any]:
    """A record of the reply as it is kept, by its wire names."""
    return record.model_dump(mode="json", by_alias=True)


def _local(steps: Steps, person: Answer) -> tuple[Answer, int]:
    """Injuries, and for each its applications for treatment; accident reports by the person's number."""
    found = steps.needed(FindInjuries(aac002=person["identity"], aac003=person["name"])).lc01s.lc01
    numbers = list(dict.fromkeys(one.alca02 for one in found if one.alca02))
    people = list(dict.fromkeys(one.aac001 for one in found if one.aac001))
    steps.total = len(steps.done) + len(numbers) + len(people)
    treatments: dict[str, list[Any]] = {}
    for number in numbers:
        reply = steps.wanted(FindTreatments(alca02=number)) if len(number) <= 30 else None
        treatments[number] = [plain(one) for one in reply.lkb7s.lkb7] if reply else []
    reports = []
    for number in people:
        reply = steps.wanted(FindReports(aac001=number))
        reports += [plain(one) for one in reply.ldc1] if reply else []
    answer = {"injuries": [plain(one) for one in found], "treatments": treatments, "reports": reports}
    return _answer(steps, person, **answer), len(found)


def _elsewhere(steps: Steps, person: Answer) -> tuple[Answer, int]:
    """Filings to this institution of somebody insured in another province."""
    filings = steps.needed(FindFilings(aac002=person["identity"], aac003=person["name"])).Bs001Gets
    return _answer(steps, person, filings=[plain(one) for one in filings]), len(filings)


def _answer(steps: Steps, person: Answer, **found: Any) -> Answer:
    nothing: Answer = {"injuries": [], "treatments": {}, "reports": [], "filings": []}
    return {"person": person, "steps": steps.done, **nothing, **found}


@chain("person.local.identity", "查询工伤人员")
def _by_identity(params: Answer, ask: Ask, progress: Progress) -> tuple[Answer, int]:
    return _local(Steps(ask, progress), {"identity": params["identity"], "name": params["name"]})


@chain("person.local.card", "查询工伤人员（实体社保卡）")
def _by_card(params: Answer, ask: Ask, progress: Progress) -> tuple[Answer, int]:
    steps = Steps(ask, progress)
    person = {name: params[name] for name in ("identity", "name", "card")}
    asked = CheckCard(aaz500=params["card"], aaz501=params["code"], aac002=person["identity"], aac003=person["name"])
    checked = steps.needed(asked)
    if checked.result != VALID:
        person["card_fault"] = checked.errmsg or "社保卡鉴权未通过"
        return _answer(steps, person), 0
    return _local(steps, person)


@chain("person.local.qr", "查询工伤人员（电子社保卡）")
def _by_qr(params: Answer, ask: Ask, progress: Progress) -> tuple[Answer, int]:
    steps = Steps(ask, progress)
    holder = steps.needed(CheckElectronicCard(qrcode=params["qr"]))
    person = {"identity": holder.aac002, "name": holder.aac003, "card_state": holder.aaz502}
    return _local(steps, person) if _known(person) else (_answer(steps, person), 0)


@chain("person.cross.identity", "查询异地就医备案")
def _elsewhere_by_identity(params: Answer, ask: Ask, progress: Progress) -> tuple[Answer, int]:
    return _elsewhere(Steps(ask, progress), {"identity": params["identity"], "name": params["name"]})


@chain("person.cross.card", "查询异地就医备案（实体社保卡）")
def _elsewhere_by_card(params: Answer, ask: Ask, progress: Progress) -> tuple[Answer, int]:
    steps = Steps(ask, progress)
    read = steps.needed(ReadCard(aaz500=params["card"], aaz501=params["code"]))
    person = {"identity": read.aac147, "name": read.aac003, "card": params["card"]}
    person |= {"card_state": read.aaz502, "card_until": read.baz932}
    return _elsewhere(steps, person) if _known(person) else (_answer(steps, person), 0)


@chain("person.cross.qr", "查询异地就医备案（电子社保卡）")
def _elsewhere_by_qr(params: Answer, ask: Ask, progress: Progress) -> tuple[Answer, int]:
    steps = Steps(ask, progress)
    read = steps.needed(ReadElectronicCard(qrcode=params["qr"]))
    person = {"identity": read.aac147, "name": read.aac003, "card": read.aaz500}
    return _elsewhere(steps, person) if _known(person) else (_answer(steps, person), 0)


def _known(person: Answer) -> bool:
    """Whether a card said who its holder is; if not, the answer says that it did not."""
    if 0 < len(person["identity"]) <= LIMITS["identity"] and 0 < len(person["name"]) <= LIMITS["name"]:
        return True
    person["card_fault"] = "读卡的答复里没有完整的身份信息，请改用身份证号和姓名查询"
    return False


#: Greatest numbers of characters, as 4.3, 4.19 and 4.28 declare them.
LIMITS = {"identity": 18, "name": 30, "card": 9, "code": 32, "qr": 22}
LABELS = {
    "identity": "身份证号",
    "name": "姓名",
    "card": "社保卡卡号",
    "code": "卡识别码",
    "qr": "二维码内容",
}
#: What each way of asking needs, by insurance and means.
NEEDED: dict[tuple[str, str], tuple[str, ...]] = {
    (LOCAL, IDENTITY): ("identity", "name"),
    (LOCAL, CARD): ("card", "code", "identity", "name"),
    (LOCAL, QR): ("qr",),
    (ELSEWHERE, IDENTITY): ("identity", "name"),
    (ELSEWHERE, CARD): ("card", "code"),
    (ELSEWHERE, QR): ("qr",),
}


def ask_about_person(where: str, means: str, given: dict[str, str], *, by: Member) -> Enquiry:
    """Begin the chain for these details; Refused names what is missing. The enquiry's label shows the person masked."""
    needed = NEEDED.get((where, means))
    if needed is None:
        raise Refused("请选择参保地和查询方式", field="means")
    faults = [(name, f"{LABELS[name]}：{wrong}") for name in needed if (wrong := _fault(name, given.get(name, "")))]
    if faults:
        raise Refused("；".join(sentence for _, sentence in faults), faults=faults)
    params = {name: given[name] for name in needed}
    return enquire(f"person.{where}.{means}", params, by=by, label=_label(params))


def _fault(name: str, value: str) -> str:
    if not value:
        return "请填写"
    if name == "identity":
        return identity_fault(value, timezone.localdate())
    most = LIMITS[name]
    return f"最多 {most} 个字符，现在是 {len(value)} 个" if len(value) > most else ""


def _label(params: dict[str, str]) -> str:
    if "identity" in params:
        return f"{mask_name(params['name'])} {mask_identity(params['identity'])}"
    return "实体社保卡" if "card" in params else "电子社保卡二维码"
