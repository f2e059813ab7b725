"""What `/truth/national` tells of a party: balances, what was used up of the year, visits and settlements."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q, Sum

from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import tells
from settlement.sandbox.models import Applied, Filing, Insurance, Line, Settlement, Upload, Visit
from settlement.sandbox.options import Options
from settlement.sandbox.paying import TOLD
from settlement.sandbox.rates import ZERO

CUMULATED = ("hifp_pay", "act_pay_dedc", "inscp_scp_amt", "fund_pay_sumamt")


@tells(NATIONAL)
def state(party: Party) -> dict[str, Any]:
    """`balances` by psn_no and insurance, `cumulated` of the year where there is any, `settlements` (live, with sums),
    `visits` that are not undone, `filings`, `uploads` by kind, and months `applied` for clearing. ValueError for
    unknown options.
    """
    Options.of(party)
    live = Settlement.objects.filter(visit__party=party, state=Settlement.State.LIVE)
    return {
        "balances": _balances(party),
        "cumulated": _cumulated(party),
        "settlements": _settlements(party),
        "settled": {"count": live.count(), **_sums(live.aggregate(**{name: Sum(name) for name in TOLD}))},
        "visits": _visits(party),
        "filings": {one.number: f"{one.kind} {one.state}" for one in _filings(party)},
        "applied": {
            f"{one.month}/{one.insutype}/{one.clr_type}/{one.setl_optins}": one.times for one in _applied(party)
        },
        "uploads": dict(Upload.objects.filter(party=party).values_list("family").annotate(Count("pk"))),
    }


def _applied(party: Party) -> Any:
    return Applied.objects.filter(party=party).order_by("pk")


def _sums(found: dict[str, Any]) -> dict[str, str]:
    return {name: str(value or ZERO) for name, value in found.items()}


def _balances(party: Party) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for one in Insurance.objects.filter(insured__party=party).select_related("insured").order_by("pk"):
        own = str(one.balance) if not one.family_balance else f"{one.balance}+{one.family_balance}"
        found[one.insured.psn_no][one.insutype] = own
    return found


def _cumulated(party: Party) -> dict[str, dict[str, str]]:
    live = Settlement.objects.filter(visit__party=party, state=Settlement.State.LIVE)
    by = live.values("visit__insured__psn_no", "visit__insurance__insutype", "year", "kind").order_by()
    return {
        "/".join(str(row[name]) for name in row if name not in CUMULATED): _sums({one: row[one] for one in CUMULATED})
        for row in by.annotate(**{name: Sum(name) for name in CUMULATED})
    }


def _settlements(party: Party) -> dict[str, dict[str, Any]]:
    found = Settlement.objects.filter(visit__party=party).select_related("visit__insured").order_by("pk")
    return {
        one.setl_id: {
            "state": str(one.state),
            "mdtrt_id": one.visit.mdtrt_id,
            "psn_no": one.visit.insured.psn_no,
            "medins_setl_id": one.msgid,
            "batch": one.batch,
            **{name: str(getattr(one, name)) for name in TOLD},
        }
        for one in found
    }


def _visits(party: Party) -> dict[str, dict[str, Any]]:
    rows = Line.objects.filter(visit__party=party).values("visit").order_by()
    rows = rows.annotate(lines=Count("pk"), free=Count("pk", filter=Q(settlement=None)), total=Sum("amount"))
    counted = {row["visit"]: (row["lines"], row["free"], row["total"]) for row in rows}
    visits = Visit.objects.filter(party=party).exclude(state=Visit.State.UNDONE).select_related("insured")
    return {
        one.mdtrt_id: {
            "kind": str(one.kind),
            "state": str(one.state),
            "psn_no": one.insured.psn_no,
            "number": one.number,
            "lines": counted.get(one.pk, (0, 0, ZERO))[0],
            "unsettled": counted.get(one.pk, (0, 0, ZERO))[1],
            "total": str(counted.get(one.pk, (0, 0, ZERO))[2]),
        }
        for one in visits.order_by("pk")
    }


def _filings(party: Party) -> Any:
    return Filing.objects.filter(party=party).exclude(msgid="").order_by("pk")
