"""What the answers about a person mean: which treatment or filing may be used today, and the step that follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from injury.models import Admission, Enquiry, Flow
from injury.rules.approval import day, filing_fault, treatment_fault
from injury.rules.identity import gender_of, identity_fault
from injury.services.refusals import Refused
from portal.codes import code_list
from portal.vault import mask_identity, mask_name

#: Kinds of treatment and of filing that mean rehabilitation (ALE021, ALA491); everything else is treatment (AKC191).
REHABILITATING = {"3", "8"}
REHABILITATING_FILINGS = {"02", "04", "06"}
CARD_WORKS = "1"


@dataclass(frozen=True)
class Usable:
    """Something of the answer that an admission may be made with: `key` names it, `fault` says why it may not."""

    key: str
    raw: dict[str, Any] = field(repr=False)
    first: date | None
    last: date | None
    fault: str

    @property
    def days(self) -> str:
        return f"{self.first or '—'} 至 {self.last or '—'}"


@dataclass(frozen=True)
class InjuryFound:
    """One injury of 4.3 with its applications for treatment; without a number it is new."""

    key: str
    raw: dict[str, Any] = field(repr=False)
    treatments: list[Usable]

    @property
    def number(self) -> str:
        return str(self.raw["alca02"])


@dataclass(frozen=True)
class Person:
    """The answer of a chain, ready to be shown: masked, worded, with what is possible now."""

    name: str
    identity: str
    card_fault: str
    card_state: str
    card_works: bool
    steps: list[dict[str, str]]
    injuries: list[InjuryFound]
    reports: list[dict[str, Any]]
    filings: list[Usable]
    is_elsewhere: bool
    #: Why no step is possible, or what to know before it; a sentence.
    sentence: str

    @property
    def fresh(self) -> InjuryFound | None:
        """The injury that a new admission is about: one without a number."""
        return next((one for one in self.injuries if not one.number), None)

    @property
    def usable(self) -> list[Usable]:
        listed = self.filings if self.is_elsewhere else [one for found in self.injuries for one in found.treatments]
        return [one for one in listed if not one.fault]


def person_of(enquiry: Enquiry, on: date) -> Person:
    """What an answered chain found, judged for an admission on that day."""
    answer = enquiry.answer.reveal()
    person, elsewhere = answer["person"], enquiry.kind.startswith("person.cross")
    injuries = [
        InjuryFound(str(at), raw, _treatments(str(at), answer["treatments"].get(raw["alca02"], []), on))
        for at, raw in enumerate(answer["injuries"])
    ]
    filings = [_filing(str(at), raw, on) for at, raw in enumerate(answer["filings"])]
    state = person.get("card_state", "")
    found = Person(
        mask_name(person["name"]),
        mask_identity(person["identity"]),
        person.get("card_fault", ""),
        code_list("injury.aaz502").label(state) if state else "",
        state in ("", CARD_WORKS),
        answer["steps"],
        injuries,
        answer["reports"],
        filings,
        elsewhere,
        "",
    )
    return Person(**{**found.__dict__, "sentence": _sentence(found)})


def _treatments(injury: str, rows: list[dict[str, Any]], on: date) -> list[Usable]:
    found = []
    for at, raw in enumerate(rows):
        first, last = day(raw["akc173"]), day(raw["aae031"])
        found.append(Usable(f"{injury}.{at}", raw, first, last, treatment_fault(raw["akc175"], first, last, on)))
    return sorted(found, key=lambda one: (bool(one.fault), -(one.last or date.min).toordinal()))


def _filing(key: str, raw: dict[str, Any], on: date) -> Usable:
    first, last = day(raw["aae030"]), day(raw["aae031"])
    return Usable(key, raw, first, last, filing_fault(raw["aae100"], raw["aae016"], first, last, on))


def _sentence(person: Person) -> str:
    if person.card_fault:
        return f"{person.card_fault}，不能继续办理"
    if person.is_elsewhere:
        if not person.filings:
            return "没有备案到本机构的异地就医备案，请病人先在参保地办理备案"
        return "" if person.usable else "没有今天有效的备案，不能办理异地入院，请病人在参保地重新备案"
    if not person.injuries:
        return "工伤中心没有此人的工伤信息：请核对身份证号和姓名；确实参加了工伤保险的，可按新发工伤手工录入"
    if person.fresh:
        return (
            "有一项工伤没有认定书号，这次按新发工伤办理：上传住院和费用信息，出院时自费结算"
            if person.reports
            else "有一项工伤没有认定书号，这次按新发工伤办理。还没有事故备案（可能晚一些才有），不影响入院登记和上传"
        )
    if person.usable:
        return ""
    return "没有今天可用的继续治疗申请：审核通过并在有效期内，才能办理老工伤入院"


def carried_over(enquiry: Enquiry, flow: str, key: str, on: date) -> dict[str, Any]:
    """The admission's fields that the answer proves, for this choice; Refused when the choice is not possible."""
    if not enquiry.is_answered:
        raise Refused("这次查询还没有答复，请稍候")
    person, answer = person_of(enquiry, on), enquiry.answer.reveal()["person"]
    if person.card_fault:
        raise Refused(person.sentence)
    identity = answer["identity"]
    fields = {"identity": identity, "name": answer["name"], "card": answer.get("card", "")}
    if flow == Flow.CROSS:
        fields |= _from_filing(_chosen(person.filings, key))
    elif flow == Flow.NEW:
        fields |= _from_new(person, key)
    else:
        found = next((one for one in person.injuries if key.startswith(f"{one.key}.")), None)
        fields |= _from_treatment(found, _chosen(found.treatments if found else [], key))
    if not fields.get("gender") and not identity_fault(identity, on):
        fields["gender"] = gender_of(identity)
    return fields


def _chosen(listed: list[Usable], key: str) -> Usable:
    found = next((one for one in listed if one.key == key), None)
    if found is None:
        raise Refused("查询答复里没有这一项，请重新选择", field="choice")
    if found.fault:
        raise Refused(found.fault, field="choice")
    return found


def _from_injury(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "person_no": raw["aac001"],
        "employer_no": raw["aab001"] or raw["aab009"],
        "gender": raw["aac004"],
        "region": raw["aab301"][:6],
        "injured_on": day(raw["alc020"]),
        "injured_part": raw["alc022"][:500],
    }


def _from_treatment(found: InjuryFound | None, chosen: Usable) -> dict[str, Any]:
    assert found
    raw = chosen.raw
    return _from_injury(found.raw) | {
        "injury_no": found.number,
        "treatment_no": raw["aae073"],
        "covered_from": chosen.first,
        "covered_until": chosen.last,
        "visit_kind": {"1": "11", "2": "21"}.get(raw["jxzl"], "21"),
        "treatment": "4" if raw["ale021"] in REHABILITATING else "7",
        "doctor": raw["cka039"][:20],
    }


def _from_filing(chosen: Usable) -> dict[str, Any]:
    raw = chosen.raw
    return {
        "injury_no": raw["alc011"],
        "covered_from": chosen.first,
        "covered_until": chosen.last,
        "diagnosis": raw["alc014"][:200],
        "visit_kind": "72",
        "treatment": "4" if raw["ala491"] in REHABILITATING_FILINGS else "7",
    }


def _from_new(person: Person, key: str) -> dict[str, Any]:
    """Of a new injury: the row without a number, else whoever the person is by an older one, with the newest report."""
    found = next((one for one in person.injuries if one.key == key), None)
    if found is None:
        raise Refused("查询答复里没有这一项，请重新选择", field="choice")
    fields = _from_injury(found.raw) | {"visit_kind": "21", "treatment": "7"}
    if found.number:  # an older injury only tells who it is
        fields |= {"employer_no": found.raw["aab009"] or found.raw["aab001"], "injured_on": None, "injured_part": ""}
    open_reports = [one for one in person.reports if not one["alca02"] or one["alca02"] not in _numbers(person)]
    if open_reports:
        newest = max(open_reports, key=lambda one: str(one["alc020"]))
        fields["injured_on"] = fields["injured_on"] or day(newest["alc020"])
        fields["injured_part"] = fields["injured_part"] or newest["alc022"][:500]
        fields["employer_no"] = newest["aab001"] or fields["employer_no"]
    return fields


def _numbers(person: Person) -> set[str]:
    return {one.number for one in person.injuries if one.number}


def has_report(admission: Admission) -> bool:
    """Whether the enquiry that the admission began with found an accident report."""
    enquiry = admission.enquiry
    return bool(enquiry and enquiry.is_answered and enquiry.answer.reveal().get("reports"))
