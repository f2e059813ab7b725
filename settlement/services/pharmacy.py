"""Purchases: a basket for one insured person, kept until it is settled or dropped."""

from __future__ import annotations

from collections.abc import Sequence

from portal.access.member import Member
from portal.audit import record
from settlement.actions import VISIT_DROPPED, VISIT_SAVED
from settlement.models import Settlement, SettlementState, Visit, VisitKind, VisitState
from settlement.rules.amounts import summed
from settlement.services.lines import LineGiven, store_lines
from settlement.services.refusals import Refused
from settlement.services.settling.ways import charges_of, way_of
from settlement.services.steps import locked, refuse_while_moving
from settlement.services.visits import Patient, begin_visit

#: What may still be another one before settling.
CHANGEABLE = frozenset({"med_type", "use_account", "disease_code", "disease_name"})
#: med_type of a purchase without prescription or chronic disease.
ORDINARY = "41"


def begin_purchase(
    patient: Patient,
    lines: Sequence[LineGiven],
    *,
    by: Member,
    number: str = "",
    med_type: str = ORDINARY,
    disease_code: str = "",
    disease_name: str = "",
    use_account: str = "1",
) -> Visit:
    """A basket with its lines; nothing is sent. Raises Refused with every fault of the lines, and keeps nothing."""
    visit = begin_visit(
        patient,
        VisitKind.PHARMACY,
        by=by,
        med_type=med_type,
        number=number,
        disease_code=disease_code,
        disease_name=disease_name,
        use_account=use_account,
    )
    if lines:
        store_lines(visit, None, lines)
    _saved(visit, by)
    return visit


def change_purchase(visit: Visit, lines: Sequence[LineGiven], *, by: Member, **changes: str) -> Visit:
    """The basket with these lines instead, and with `changes` of CHANGEABLE; previews expire.

    Raises Refused once it is being settled.
    """
    visit = locked(visit)
    refuse_while_moving(visit)
    if visit.state != VisitState.DRAFT:
        raise Refused(f"这次购药{visit.shown_state}，不能再修改")
    for name in CHANGEABLE & changes.keys():
        setattr(visit, name, changes[name])
    visit.save(update_fields=sorted(CHANGEABLE))
    store_lines(visit, None, lines, replace=True)
    _saved(visit, by)
    return visit


def drop_purchase(visit: Visit, *, by: Member) -> None:
    """Delete a basket of which nothing was ever sent for settlement."""
    visit = locked(visit)
    refuse_while_moving(visit)
    sent = Settlement.objects.filter(visit=visit).exclude(operation=None).exists()
    if visit.state != VisitState.DRAFT or sent:
        raise Refused(f"这次购药{visit.shown_state}，已有结算记录，不能删除")
    record(VISIT_DROPPED, visit, by=by, number=visit.number)
    Settlement.objects.filter(visit=visit, state__in=set(SettlementState.values)).delete()
    visit.lines.all().delete()
    visit.delete()


def _saved(visit: Visit, by: Member) -> None:
    charges = charges_of(way_of(visit).lines(visit, None))
    record(
        VISIT_SAVED,
        visit,
        by=by,
        kind=visit.get_kind_display(),
        number=visit.number,
        lines=len(charges),
        total=f"{summed(charges):.2f}",
    )
