"""Doctor's advices arrive: the same number again replaces the earlier one, and its version goes up (4.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from injury.actions import ADVICES_ARRIVED
from injury.models import Admission, Advice, Source
from injury.rules.advices import check_advices
from injury.rules.fee_fields import ADVICES
from injury.rules.fee_lines import Fault
from portal.access.door import required_institution
from portal.access.member import Member
from portal.audit import record
from portal.vault.inserting import insert_rows

SAID = tuple(ADVICES)
PIECE = 500


@dataclass
class AdviceDelivery:
    """`new` and `changed` are rows to be written, `same` numbers that are here with the same content."""

    count: int
    new: list[Advice] = field(default_factory=list)
    changed: list[Advice] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def numbers(self) -> set[str]:
        """Numbers that fee items of the same delivery may name."""
        return {advice.number for advice in (*self.new, *self.changed)} | set(self.same)


def judge_advices(admission: Admission, given: Sequence[Mapping[str, Any]]) -> AdviceDelivery:
    """What these advices would change; nothing is written, nothing raised."""
    found = AdviceDelivery(len(given))
    checked, found.faults = check_advices(given)
    numbers = [one["number"] for one in checked if one]
    here = (
        {one.number: one for one in Advice.objects.filter(admission=admission, number__in=numbers)} if numbers else {}
    )
    seen: dict[str, tuple[int, dict[str, Any]]] = {}
    for index, one in enumerate(checked):
        if one is None:
            continue
        number = one["number"]
        if number in seen:
            first, said = seen[number]
            if said != one:
                sentence = f"与同批第 {first + 1} 条的流水号相同，内容不同"
                found.faults.append(Fault(index, number, "number", sentence, content="advices"))
            continue
        seen[number] = index, one
        known = here.get(number)
        if known is None:
            found.new.append(Advice(environment=admission.environment, admission_id=admission.pk, **one))
        elif all(getattr(known, name) == one[name] for name in SAID):
            found.same.append(number)
        else:
            for name in SAID:
                setattr(known, name, one[name])
            known.version += 1
            found.changed.append(known)
    found.faults.sort(key=lambda fault: fault.index)
    return found


def store_advices(admission: Admission, found: AdviceDelivery, *, by: Member, source: Source) -> None:
    """Write what `judge_advices` found, the admission's lock held."""
    if not found.new and not found.changed:
        return
    institution, now = required_institution(), timezone.now()
    for advice in found.new:
        advice.institution_id, advice.source, advice.arrived_at, advice.changed_at = institution, source, now, now
    for advice in found.changed:
        advice.source, advice.changed_at = source, now
    insert_rows(found.new)
    Advice.objects.bulk_update(found.changed, [*SAID, "version", "source", "changed_at"], batch_size=PIECE)
    record(
        ADVICES_ARRIVED,
        admission,
        by=by,
        admission=admission.number,
        source=source.label,
        new=len(found.new),
        changed=len(found.changed),
    )
