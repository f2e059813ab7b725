"""What `/truth/injury` tells of a party: every stay with its sums, fee items as the wire knows them, papers."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from injury.messages import INJURY
from injury.sandbox.centre import ZERO, money
from injury.sandbox.models import Advice, Batch, Line, Material, State, Stay
from injury.sandbox.options import Options
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import digest, tells

Key = tuple[str, str, str, str]


@tells(INJURY)
def state(party: Party) -> dict[str, Any]:
    """`admissions`: number → state, counts, total, categories, `lines` ([prescription, own code, quantity, amount,
    times]), `digest` of them, advices, batches, invoices. `undone`: numbers whose admission was taken back.

    ValueError for unknown options.
    """
    Options.of(party)
    stays = list(Stay.objects.filter(party=party).select_related("person").order_by("pk"))
    live = {one.pk: one for one in stays if one.state != State.UNDONE}
    lines, categories = _lines(live), _categories(live)
    advices = dict(Advice.objects.filter(stay__in=live).values_list("stay").annotate(Count("pk")))
    batches = dict(Batch.objects.filter(stay__in=live).values_list("stay").annotate(Count("pk")))
    papers: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for paper in Material.objects.filter(stay__in=live).select_related("stay").order_by("pk"):
        papers[paper.stay.pk].append(
            {"number": paper.number, "money": str(paper.money), "filetype": paper.filetype, "size": paper.size}
        )
    return {
        "admissions": {
            stay.akc190: {
                "state": str(stay.state),
                "cross_province": stay.is_cross,
                "new": stay.is_new,
                "person": stay.person.number,
                "admitted_on": str(stay.admitted_on),
                "discharged_on": str(stay.discharged_on) if stay.discharged_on else None,
                "count": sum(times for _, times in lines[pk]),
                "total": str(sum(categories[pk].values(), ZERO) or money(ZERO)),
                "categories": {name: str(amount) for name, amount in categories[pk].items()},
                "approved": None if stay.approved_total is None else str(stay.approved_total),
                "digest": digest([f"{'|'.join(key)}|{times}" for key, times in lines[pk]]),
                "lines": [[*key, times] for key, times in lines[pk]],
                "advices": advices.get(pk, 0),
                "batches": batches.get(pk, 0),
                "invoices": papers[pk],
            }
            for pk, stay in live.items()
        },
        "undone": [one.akc190 for one in stays if one.state == State.UNDONE],
    }


def _lines(live: dict[int, Stay]) -> dict[int, list[tuple[Key, int]]]:
    found: dict[int, list[tuple[Key, int]]] = defaultdict(list)
    names = ("alc400", "akc515", "quantity", "amount")
    rows = Line.objects.filter(stay__in=live).values_list("stay", *names).annotate(times=Count("pk"))
    for stay, alc400, own, quantity, amount, times in rows.order_by("stay", *names):
        found[stay].append(((alc400, own, str(money(quantity)), str(money(amount))), times))
    return found


def _categories(live: dict[int, Stay]) -> dict[int, dict[str, Decimal]]:
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = Line.objects.filter(stay__in=live).values_list("stay", "aka063").annotate(amount=Sum("amount"))
    for stay, name, amount in rows.order_by("stay", "aka063"):
        found[stay][name] = money(amount)
    return found
