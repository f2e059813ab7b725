"""Records arrive: by the API, from a file, from a page or from our own data, all through `take_records`.

Nothing that arrives is lost: what is wrong is kept with its faults until somebody mends it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.transaction import atomic

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.national import current_edition
from portal.gateway.national.editions import Edition
from settlement.actions import RECORDS_ARRIVED
from settlement.models import Settlement, UploadRecord, UploadState, Visit
from settlement.models.upload import Source
from settlement.rules.upload_content import INSURED_AT, Identity, digest_of, identity_of, names_a_person, tidied
from settlement.rules.uploads import MOST, Kind, kind_of, remover_of
from settlement.services.refusals import Refused
from settlement.services.uploads.content import KEPT, Wrong, shape_of, too_large, wrong_with
from settlement.services.uploads.plans import hold_number

#: What became of one record of a delivery.
NEW, SAME, REPLACED, REPEATED = "new", "same", "replaced", "repeated"
OUTCOMES = {NEW: "新记录", SAME: "内容没有变化", REPLACED: "替换以前的内容", REPEATED: "同一批中后面还有相同主键"}
LOADED = 500


@dataclass
class Given:
    """One record as it was delivered, and what was found out about it."""

    content: dict[str, Any]
    identity: Identity
    digest: str
    size: int
    length: int
    insured_at: str
    wrong: list[Wrong] = field(default_factory=list)
    outcome: str = NEW
    row: UploadRecord | None = None

    @property
    def is_wrong(self) -> bool:
        return bool(self.wrong)


def required_kind(number: str, edition: Edition) -> Kind:
    """The queue of that number; Refused for a number that carries no records, or that the edition does not know."""
    kind = kind_of(number)
    if kind is None or not edition.has(kind.number):
        raise Refused(f"{number[:10]} 不是采集上传的交易，或本省接口没有这个交易", "number")
    return kind


@atomic
def take_records(number: str, records: Sequence[Any], *, by: Member, source: Source) -> list[Given]:
    """Keep these records, each under its business key; what became of each, in their order.

    The same content again changes nothing, another content is a new version that takes the place of the former.
    Raises Refused when there are none or too many, or one is no group of items.
    """
    environment = environment_for(by)
    edition = current_edition(environment)
    kind = required_kind(number, edition)
    given = read(kind, records, edition, environment)
    hold_number(environment, kind.number)
    here = current_of(kind, environment, given)
    for one, old in zip(given, paired(given, here), strict=True):
        judge(kind, one, old)
    keep(kind, given, here, environment=environment, label=by.label[:100], source=source)
    counted = Counter(one.outcome for one in given)
    if counted[NEW] + counted[REPLACED]:
        wrong = sum(one.is_wrong for one in given if one.outcome in (NEW, REPLACED))
        words: dict[str, Any] = {"number": kind.number, "source": source.label, "wrong": wrong}
        record(RECORDS_ARRIVED, by=by, new=counted[NEW], replaced=counted[REPLACED], **words)
    return given


def look_at(number: str, records: Sequence[Any], *, by: Member) -> list[Given]:
    """What taking them now would do, without doing it."""
    environment = environment_for(by)
    edition = current_edition(environment)
    kind = required_kind(number, edition)
    given = read(kind, records, edition, environment)
    for one, old in zip(given, paired(given, current_of(kind, environment, given)), strict=True):
        judge(kind, one, old)
    return given


def read(kind: Kind, records: Sequence[Any], edition: Edition, environment: str) -> list[Given]:
    """Each record with its key, its digest and what is wrong with it by the declaration."""
    if not records:
        raise Refused("没有记录", "records")
    if len(records) > MOST:
        raise Refused(f"一次最多 {MOST:,} 条，请分批提交", "records")
    odd = [place for place, one in enumerate(records) if not isinstance(one, Mapping)]
    if odd:
        raise Refused.of([(f"records.{place}", f"第 {place + 1} 条应为一组字段") for place in odd[:20]])
    shape = shape_of(kind, edition)
    given = [_read(kind, tidied(shape, one)) for one in records]
    _find_regions(given, environment)
    for one in given:
        one.wrong = [*key_faults(kind, one), *wrong_with(kind, one.content, edition, one.insured_at)]
        one.wrong += too_large(kind, one.length)
    return given


def _read(kind: Kind, content: dict[str, Any]) -> Given:
    insured_at = content.get(INSURED_AT, "")
    if kind.is_row:
        content = {name: value for name, value in content.items() if name != INSURED_AT}
    digest, size, length = digest_of(content)
    region = insured_at if isinstance(insured_at, str) and len(insured_at) == 6 else ""
    return Given(content, identity_of(kind, content, digest), digest, size, length, region)


def _find_regions(given: Sequence[Given], environment: str) -> None:
    """Where each person is insured, as far as our own visits and settlements know."""
    open_ = [one for one in given if not one.insured_at and names_a_person(one.content)]
    if not open_:
        return
    ids = {one.identity.mdtrt_id for one in open_} - {""}
    mine = Visit.objects.filter(environment=environment, mdtrt_id__in=ids)
    regions = dict(mine.values_list("mdtrt_id", "insured_at"))
    settled = {one.identity.setl_id for one in open_} - {""}
    own = Settlement.objects.filter(environment=environment, setl_id__in=settled)
    by_settlement = dict(own.values_list("setl_id", "visit__insured_at"))
    for one in open_:
        one.insured_at = regions.get(one.identity.mdtrt_id) or by_settlement.get(one.identity.setl_id) or ""


def key_faults(kind: Kind, one: Given) -> list[Wrong]:
    """A fault for each item that the key lacks."""
    place = "" if kind.is_row or not kind.node else f"{kind.node}."
    sentence = "这一项是业务主键的一部分，没有它无法区分两条记录"
    return [Wrong(f"{place}{name}", name, sentence) for name in one.identity.lacks]


def current_of(kind: Kind, environment: str, given: Sequence[Given]) -> dict[str, UploadRecord]:
    """The newest version of each key that is here."""
    keys = sorted({one.identity.key for one in given})
    rows = UploadRecord.objects.filter(environment=environment, number=kind.number, is_current=True, key__in=keys)
    return {one.key: one for one in rows.defer("content")}


def paired(given: Sequence[Given], here: Mapping[str, UploadRecord]) -> list[UploadRecord | None]:
    """The version that each one meets; of several with one key in a delivery the last counts."""
    last = {one.identity.key: place for place, one in enumerate(given)}
    for place, one in enumerate(given):
        if last[one.identity.key] != place:
            one.outcome = REPEATED
    return [here.get(one.identity.key) for one in given]


def judge(kind: Kind, one: Given, old: UploadRecord | None) -> None:
    """New, the same, or a replacement; what the centre has and cannot replace has to be taken back first."""
    if one.outcome == REPEATED or old is None:
        return
    if old.content_hash == one.digest and old.state != UploadState.WITHDRAWN:
        one.outcome, one.row = SAME, old
        return
    one.outcome = REPLACED
    if wrong := still_there(kind, is_at_centre=old.is_at_centre or old.is_moving):
        one.wrong.append(wrong)


def still_there(kind: Kind, *, is_at_centre: bool) -> Wrong | None:
    """Why another content cannot go while the centre has the former one: uploading it would count twice."""
    remover = remover_of(kind.number)
    if not is_at_centre or kind.change or not remover or kind.removes:
        return None
    return Wrong("", "已上传", f"中心已有这条记录，须先用 {remover} 删除，再上传新的内容")


def keep(
    kind: Kind,
    given: Sequence[Given],
    here: Mapping[str, UploadRecord],
    *,
    environment: str,
    label: str,
    source: Source,
) -> None:
    """Write what is new, and set aside what it replaces."""
    fresh = [one for one in given if one.outcome in (NEW, REPLACED)]
    replaced = [here[one.identity.key] for one in fresh if one.identity.key in here]
    set_aside(replaced)
    for one in fresh:
        one.row = _row(kind, one, here.get(one.identity.key), environment=environment, label=label, source=source)
    UploadRecord.objects.bulk_create([one.row for one in fresh if one.row], batch_size=LOADED)


def set_aside(rows: Sequence[UploadRecord]) -> None:
    """Older versions: what has left keeps its state until its message has ended."""
    moving = [one.pk for one in rows if one.is_moving]
    others = [one.pk for one in rows if not one.is_moving]
    UploadRecord.objects.filter(pk__in=moving).update(is_current=False)
    UploadRecord.objects.filter(pk__in=others).update(is_current=False, state=UploadState.SUPERSEDED)


def _row(
    kind: Kind, one: Given, old: UploadRecord | None, *, environment: str, label: str, source: Source
) -> UploadRecord:
    found = one.identity
    return UploadRecord(
        environment=environment,
        number=kind.number,
        key=found.key,
        version=old.version + 1 if old else 1,
        is_at_centre=bool(old and (old.is_at_centre or old.is_moving) and old.state != UploadState.WITHDRAWN),
        reference=found.reference,
        label=found.label,
        mdtrt_id=found.mdtrt_id,
        setl_id=found.setl_id,
        insured_at=one.insured_at,
        content=one.content,
        content_hash=one.digest,
        size=one.size,
        state=UploadState.BLOCKED if one.wrong else UploadState.WAITING,
        faults=[fault.kept() for fault in one.wrong[:KEPT]],
        fault_count=len(one.wrong),
        source=source,
        arrived_as=label,
    )
