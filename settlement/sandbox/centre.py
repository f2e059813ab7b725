"""What every play begins with: the content under its wire names, the person and the visit it is about, the refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from portal.gateway.messages import Request, wire_form
from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Call, Refuse
from settlement.sandbox.models import Centre, Insurance, Insured, Visit
from settlement.sandbox.options import Options
from settlement.sandbox.people import make_people

SHANGHAI = ZoneInfo("Asia/Shanghai")
Content = dict[str, Any]


def now() -> datetime:
    return timezone.now().astimezone(SHANGHAI)


def centre_of(party: Party, *, locked: bool = False) -> Centre:
    """The party's centre; its people are made when it is first asked. `locked`: until the transaction ends."""
    centre, is_new = Centre.objects.get_or_create(party=party)
    if is_new:
        make_people(party, Options.of(party), now().date())
    return Centre.objects.select_for_update().get(pk=centre.pk) if locked else centre


def party_of(asked: Mapping[str, Any]) -> Party:
    """The party that a control door is asked about; LookupError for nobody's."""
    party = Party.objects.filter(gateway=NATIONAL.name, app_code=asked.get("party")).first()
    if party is None:
        raise LookupError("没有这个调用方")
    return party


def content(request: Request[Any]) -> Content:
    """What was sent, under its wire names, without what is empty; times as text, amounts as Decimal."""
    found = _plain(wire_form(request))
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: inner for name, one in value.items() if (inner := _plain(one)) not in (None, "")}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value


def storable(value: Any) -> Any:
    """The same for a JSON column: amounts as text."""
    if isinstance(value, dict):
        return {name: storable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [storable(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value


def rows(asked: Mapping[str, Any], name: str) -> list[Content]:
    """A node as a list, whether one row or several came."""
    found = asked.get(name) or []
    return found if isinstance(found, list) else [found]


def when(value: Any, *, last: bool = False) -> datetime:
    """A time or a day as messages write them (`last`: the end of the day); refuses what no calendar has."""
    text = str(value or "").replace("T", " ")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refuse("7107", f"时间 {text} 不正确") from None
    if len(text) <= 10:
        at = datetime.combine(at.date(), time(23, 59, 59) if last else time())
    return at.replace(tzinfo=SHANGHAI)


def day(value: Any) -> date:
    return when(value).date()


def local(at: datetime) -> date:
    """The day a time falls on here; the database gives times of another zone."""
    return at.astimezone(SHANGHAI).date()


def amount(value: Any) -> Decimal:
    """An amount that came as text or number; nothing is zero."""
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def person_of(call: Call, psn_no: Any, *, locked: bool = False) -> Insured:
    """The party's insured of that number, whose region the envelope must name; refuses anybody else."""
    centre_of(call.party)
    people = Insured.objects.filter(party=call.party, psn_no=str(psn_no or ""))
    found = (people.select_for_update() if locked else people).first()
    if found is None:
        raise Refuse("7001", f"没有人员编号为 {psn_no} 的参保人")
    named = str(call.envelope.get("insuplc_admdvs") or "")
    if call.envelope and named not in set(found.insurances.values_list("insuplc_admdvs", flat=True)):
        raise Refuse("7002", f"参保地医保区划 {named or '（空）'} 与参保人的参保地不一致")
    return found


def insurance_of(person: Insured, insutype: Any) -> Insurance:
    """The person's insurance of that type, locked; refuses one that they have not, or that is paused."""
    found = Insurance.objects.select_for_update().filter(insured=person, insutype=str(insutype or "")).first()
    if found is None:
        raise Refuse("7003", f"参保人没有参加险种 {insutype}")
    if found.psn_insu_stas != "1":
        raise Refuse("7004", "参保人的参保状态不是正常参保，不能享受待遇")
    return found


def visit_of(call: Call, asked: Mapping[str, Any], *kinds: str) -> Visit:
    """The visit that `mdtrt_id` and `psn_no` name, locked with its person; refuses every other."""
    person = person_of(call, asked.get("psn_no"), locked=True)
    mdtrt_id = str(asked.get("mdtrt_id") or "")
    found = Visit.objects.select_for_update(of=("self",)).filter(mdtrt_id=mdtrt_id)
    visit = found.select_related("insurance", "party").first()
    if visit is None:
        raise Refuse("7101", f"没有就诊ID为 {mdtrt_id or '（空）'} 的就诊")
    if visit.party.pk != call.party.pk:
        raise Refuse("7102", "该就诊不是本机构登记的")
    if visit.insured_id != person.pk:  # type: ignore[attr-defined]
        raise Refuse("7103", "该就诊不是这个参保人的")
    if visit.state == Visit.State.UNDONE:
        raise Refuse("7104", "该就诊已经撤销")
    if kinds and visit.kind not in kinds:
        raise Refuse("7108", "该就诊不是这一类业务登记的")
    visit.insured, visit.party = person, call.party
    return visit


def seen_at(value: Any) -> datetime:
    """When somebody came: not after today."""
    at = when(value)
    if at.date() > now().date():
        raise Refuse("7107", f"时间 {at:%Y-%m-%d %H:%M:%S} 在今天之后")
    return at


def opter_of(call: Call) -> str:
    """Number and name of the operator that the envelope names."""
    return f"{call.envelope.get('opter', '')}|{call.envelope.get('opter_name', '')}"[:80]


def institution(party: Party) -> tuple[str, str, str]:
    """(code, name, region) of the party's institution."""
    place = party.institution
    return str(place.get("code", "")), str(place.get("name", "")), str(place.get("region") or "440100")[:6]
