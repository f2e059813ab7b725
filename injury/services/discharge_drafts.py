"""The draft of a discharge: kept on the server at every step, complete or not, right or wrong (4.13, 4.26).

What was typed is never thrown away because it is wrong: faults are counted and keep the discharge from being sent.
Two people may write at once: whoever saves an entry that somebody else saved meanwhile gets a Conflict, with both
texts, and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from injury.actions import DISCHARGE_SAVED, RECORD_DROPPED, RECORD_SAVED, RECORDS_IMPORTED
from injury.models import Admission, AdmissionState, Discharge, DischargeRecord, Node
from injury.rules.identity import birth_of, gender_of, identity_fault
from injury.rules.records import LASTING, node_title, record_faults, typed, undeclared
from injury.services.refusals import Refused
from injury.services.steps import locked, today
from portal.access.member import Member
from portal.audit import record
from portal.vault import blind_indexes

#: Entries of one node; nobody has more reports than that in one stay.
MOST_ENTRIES = 50
HEAD = ("discharged_on", "reason", "diagnosis_code", "diagnosis", "days")


@dataclass(frozen=True, slots=True)
class Seat:
    """An open page: which version it shows, and its own name, so that it never contradicts itself."""

    version: int
    name: str = ""


class Conflict(Refused):
    """Somebody else saved it meanwhile; nothing was overwritten. `theirs` is what is stored now."""

    def __init__(self, theirs: Discharge | DischargeRecord) -> None:
        when = timezone.localtime(theirs.saved_at).strftime("%H:%M:%S") if theirs.saved_at else ""
        super().__init__(
            f"{theirs.saved_as} 在 {when} 保存过这一部分，您填写的内容还没有保存：请核对下面的差异后再保存"
        )
        self.theirs = theirs


def draft_of(admission: Admission) -> Discharge | None:
    """The discharge of this admission, draft or sent; None before anybody began it."""
    return Discharge.objects.filter(admission=admission).first()


def begin(admission: Admission, *, by: Member) -> Discharge:
    """The draft that is written on; made when there is none yet. Raises Refused while nothing may be written."""
    admission = locked(admission)
    refuse_closed(admission)
    discharge = Discharge.objects.select_for_update(of=("self",)).filter(admission=admission).first()
    if discharge is None:
        discharge = Discharge(environment=admission.environment, admission=admission)
        discharge.diagnosis_code = admission.diagnosis_code or admission.diseases
        discharge.diagnosis = admission.diagnosis
        discharge.save(force_insert=True)
    discharge.admission = admission
    return discharge


def refuse_closed(admission: Admission) -> None:
    if admission.state not in (AdmissionState.DRAFT, AdmissionState.REGISTERING, AdmissionState.ADMITTED):
        raise Refused(f"这次就诊{admission.shown_state}，出院信息不能再修改；需要修改时先撤销出院")


def save_head(admission: Admission, values: Mapping[str, Any], *, seat: Seat, by: Member) -> Discharge:
    """Day, reason, diagnosis and days as far as they are known; raises Conflict or Refused."""
    discharge = begin(admission, by=by)
    changed = {name: values[name] for name in HEAD if name in values and getattr(discharge, name) != values[name]}
    if not changed:
        return discharge
    _refuse_overtaken(discharge, seat)
    for name, value in changed.items():
        setattr(discharge, name, value)
    _stamp(discharge, seat, by)
    discharge.save(update_fields=[*changed, "version", "saved_in", "saved_at", "saved_as"])
    record(DISCHARGE_SAVED, discharge, by=by, number=admission.number)
    return discharge


def add_record(admission: Admission, node: str, *, by: Member) -> DischargeRecord:
    """A new entry of this node, with what the admission already knows. Raises Refused when there are too many."""
    discharge = begin(admission, by=by)
    entry = _add(discharge, node, prefilled(discharge, node, by=by), by=by)
    record(RECORD_SAVED, entry, by=by, number=admission.number, node=node_title(node))
    return entry


def _add(discharge: Discharge, node: str, content: dict[str, str], *, by: Member) -> DischargeRecord:
    if discharge.records.filter(node=node).count() >= MOST_ENTRIES:
        raise Refused(f"{node_title(node)}最多 {MOST_ENTRIES} 条")
    entry = DischargeRecord(environment=discharge.environment, discharge=discharge, node=node, version=0)
    entry.content = content
    entry.faults = len(record_faults(node, content))
    _stamp(entry, Seat(0), by)
    entry.save(force_insert=True)
    return entry


def save_record(
    entry: DischargeRecord, values: Mapping[str, Any], *, seat: Seat, by: Member, quietly: bool = False
) -> DischargeRecord:
    """What was typed, right or wrong; `faults` of the result counts what is wrong. Raises Conflict or Refused.

    `quietly`: saved by the page itself while somebody types, which the log need not tell each time.
    """
    begin(entry.discharge.admission, by=by)
    entry = (
        DischargeRecord.objects.select_for_update(of=("self",)).select_related("discharge__admission").get(pk=entry.pk)
    )
    content = _typed(entry.node, values)
    if content == entry.content.reveal():
        return entry
    _refuse_overtaken(entry, seat)
    entry.content = content
    entry.faults = len(record_faults(entry.node, content))
    _stamp(entry, seat, by)
    entry.save(update_fields=["content", "faults", "version", "saved_in", "saved_at", "saved_as"])
    if not quietly:
        number = entry.discharge.admission.number
        record(RECORD_SAVED, entry, by=by, number=number, node=node_title(entry.node))
    return entry


def drop_record(entry: DischargeRecord, *, by: Member) -> None:
    """Take an entry out of the draft."""
    discharge = begin(entry.discharge.admission, by=by)
    record(RECORD_DROPPED, entry, by=by, number=discharge.admission.number, node=node_title(entry.node))
    entry.delete()


def import_records(admission: Admission, records: Mapping[str, Any], *, by: Member) -> Discharge:
    """Entries from the hospital's own system, by node: the nodes that are named are replaced, the others stay.

    Raises Refused with every item that no node has or that is not text; what is missing or too long is stored and
    counted, like typing.
    """
    found = _read(records)
    discharge = begin(admission, by=by)
    for node, entries in found.items():
        discharge.records.filter(node=node).delete()
        for content in entries:
            _add(discharge, node, content, by=by)
    what = "、".join(f"{node_title(node)} {len(entries)} 条" for node, entries in found.items())
    record(RECORDS_IMPORTED, discharge, by=by, number=discharge.admission.number, what=what)
    return discharge


def _read(records: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    wrong: list[tuple[str, str]] = []
    for node, entries in records.items():
        if node not in Node.values or not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
            wrong.append((node, f"病历类别应为 02—09，每类是最多 {MOST_ENTRIES} 条的列表"))
            continue
        found[node] = []
        for place, values in enumerate(entries):
            try:
                if not isinstance(values, dict):
                    raise ValueError("应为一组字段")
                if unknown := undeclared(node, values):
                    raise ValueError(f"没有字段 {'、'.join(unknown[:5])}")
                found[node].append(typed(node, values))
            except ValueError as error:
                wrong.append((f"{node}/{place}", f"{node_title(node)}第 {place + 1} 条：{error}"))
    if wrong:
        raise Refused("；".join(sentence for _, sentence in wrong), faults=wrong)
    return found


# --- what is known already


def prefilled(discharge: Discharge, node: str, *, by: Member) -> dict[str, str]:
    """What the admission tells for a new entry of this node, so that nobody types it twice."""
    admission = discharge.admission
    identity, institution = str(admission.identity.reveal()), by.institution
    known = not identity_fault(identity, today())
    born = birth_of(identity) if known else None
    gender = admission.gender or (gender_of(identity) if known else "")
    person = {"aac004": gender, "aac006": born.isoformat() if born else ""}
    left = discharge.discharged_on.isoformat() if discharge.discharged_on else ""
    values = {
        Node.ADMISSION_NOTE: person | {"blz068": admission.diagnosis},
        Node.DISCHARGE_NOTE: person | {"blz071": admission.diagnosis, "blz073": discharge.diagnosis},
        Node.FRONT_PAGE: person
        | {"aab034": institution.name if institution else "", "aab301": institution.code if institution else ""}
        | {"akc020": "中国"}
        | {"akc023": str(_age(born, admission.admitted_on)) if born else "", "blm002": str(_stays(admission))}
        | {"akc192": admission.admitted_on.isoformat(), "akc194": left, "blm003": admission.number}
        | {"blm005": admission.department, "blm006": admission.ward, "blm009": admission.department}
        | {"blm010": admission.ward, "blm022": admission.doctor, "alc030": discharge.diagnosis_code}
        | {"alc029": admission.diagnosis_code, "blz068": admission.diagnosis}
        | {"blm011": "" if discharge.days is None else str(discharge.days)},
    }
    return typed(node, values.get(node, {}))  # type: ignore[call-overload]


def _age(born: Any, on: Any) -> int:
    return int(on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def same_person(admission: Admission) -> Any:
    """Other stays of the same person here, newest first."""
    mine = Admission.objects.filter(
        environment=admission.environment, identity_index__in=blind_indexes(str(admission.identity.reveal()))
    )
    return mine.exclude(pk=admission.pk).order_by("-admitted_on", "-id")


def _stays(admission: Admission) -> int:
    """Which stay this is of those that we know."""
    before = same_person(admission).filter(admitted_on__lte=admission.admitted_on)
    return int(before.exclude(state__in=[AdmissionState.DRAFT, AdmissionState.UNDONE]).count()) + 1


def last_record(admission: Admission, node: str) -> DischargeRecord | None:
    """This node's newest entry of the same person's last stay that has one."""
    if node not in LASTING:
        return None
    stays = same_person(admission).values("pk")
    found = DischargeRecord.objects.filter(discharge__admission__in=stays, node=node)
    return found.select_related("discharge__admission").order_by("-discharge__admission__admitted_on", "-id").first()


def copy_from_last(entry: DischargeRecord, *, seat: Seat, by: Member) -> list[str]:
    """Fill what is still empty with what stays true of a person; the items' names. Refused without a source."""
    admission = entry.discharge.admission
    last = last_record(admission, entry.node)
    if last is None:
        raise Refused(f"这名职工以前的就诊没有{node_title(entry.node)}，没有可以复制的内容")
    old, now = last.content.reveal(), entry.content.reveal()
    added = {name: old[name] for name in LASTING[entry.node] if old.get(name) and not now.get(name)}
    if added:
        save_record(entry, now | added, seat=seat, by=by)
    return list(added)


def _typed(node: str, values: Mapping[str, Any]) -> dict[str, str]:
    try:
        return typed(node, values)
    except ValueError as error:
        raise Refused(str(error)) from None


def _refuse_overtaken(stored: Discharge | DischargeRecord, seat: Seat) -> None:
    if stored.version != seat.version and (not seat.name or stored.saved_in != seat.name):
        raise Conflict(stored)


def _stamp(stored: Discharge | DischargeRecord, seat: Seat, by: Member) -> None:
    stored.version += 1
    stored.saved_in, stored.saved_at, stored.saved_as = seat.name[:32], timezone.now(), by.label[:100]
