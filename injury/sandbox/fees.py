"""Fees: what is uploaded is added to what is there, and repeating it doubles it (4.10, 4.11, 4.24, 4.25)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q, Sum

from injury.messages import (
    Ack,
    CrossProvinceSaved,
    Saved,
    UploadCrossProvinceFees,
    UploadFees,
    VoidCrossProvinceFees,
    VoidFees,
)
from injury.messages.fees import Advice as AdvicePart
from injury.messages.fees import Advices
from injury.sandbox.catalogue import current
from injury.sandbox.centre import ZERO, day, is_elsewhere, no, open_centre, options_of, stay_of, today
from injury.sandbox.lines import CROSS, NO_ADVICE, OWN, Codes, Draft, Priced, check, check_refunds, draft_of
from injury.sandbox.models import Advice, Batch, Line, State, Stay
from portal.gateway.sandbox.plays import Call, digest, plays

COLUMNS = (
    *("stay_id", "batch_id", "alc400", "alc401", "code", "name", "aka063", "kind", "version"),
    *("price", "quantity", "amount", "akc515", "aae080", "reason", "rejected"),
)


@plays(UploadFees)
def upload(request: UploadFees, call: Call) -> Saved:
    """All items of the request, or none; `counts` says how many were stored."""
    stay = _stay(call, request.akc190, is_cross=False)
    drafts = [draft_of(one) for one in (request.meds.med if request.meds else ())]
    return Saved(counts=_store(call, stay, request.advices, drafts, OWN))


@plays(UploadCrossProvinceFees)
def upload_cross_province(request: UploadCrossProvinceFees, call: Call) -> CrossProvinceSaved:
    """The same for a worker insured elsewhere."""
    stay = _stay(call, request.akc190, is_cross=True)
    drafts = [draft_of(one) for one in (request.bs004s.bs004 if request.bs004s else ())]
    return CrossProvinceSaved(count=_store(call, stay, request.advices, drafts, CROSS))


@plays(VoidFees)
def void(request: VoidFees, call: Call) -> Ack:
    """Every fee item of a stay is deleted; the stay and its advices remain (4.11)."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or stay.is_cross:
        raise no("130003")
    if stay.state != State.ADMITTED:
        raise no("130001")
    _wipe(call, stay, UploadFees.code, "130004")
    return Ack()


@plays(VoidCrossProvinceFees)
def void_cross_province(request: VoidCrossProvinceFees, call: Call) -> Ack:
    """The same; a discharge has to be taken back first (4.25)."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or not stay.is_cross:
        raise no("340003")
    if stay.state == State.AUDITED:
        raise no("340005")
    if stay.state != State.ADMITTED:
        raise no("340001")
    _wipe(call, stay, UploadCrossProvinceFees.code, "340004")
    return Ack()


def _stay(call: Call, akc190: str, *, is_cross: bool) -> Stay:
    """The stay that may be charged now, locked until the call is over."""
    family = "3300" if is_cross else "810"
    open_centre(call)
    stay = stay_of(call.party, akc190, locked=True)
    if stay is None:
        raise no(f"{family}07" if is_elsewhere(call.party, akc190) else f"{family}01")
    if stay.is_cross != is_cross:
        raise no(f"{family}06", "本地就医与异地就医的住院号不能混用")
    if stay.state != State.ADMITTED:
        raise no(f"{family}05")
    if stay.is_restricted:
        raise no((CROSS if is_cross else OWN).limited)
    if not options_of(call.party).level:
        raise no("330038" if is_cross else "81036")
    return stay


def _store(call: Call, stay: Stay, advices: Advices | None, drafts: Sequence[Draft], codes: Codes) -> int:
    came = advices.advice if advices else []
    if not came and not drafts:
        raise no("330003" if stay.is_cross else "81003")
    numbers = set(stay.advices.values_list("aae080", flat=True)) | _store_advices(stay, came)
    if not numbers and any(one.advice not in ("", NO_ADVICE) for one in drafts):
        raise no("330004" if stay.is_cross else "81004")
    items = current(call.party, today(), {one.code for one in drafts})
    priced = check(drafts, items, numbers, codes)
    _check_refunds(stay, drafts, codes)
    if call.partial:
        priced = priced[: (len(priced) + 1) // 2]
    if priced:
        _store_lines(call, stay, priced)
    return len(priced)


def _store_advices(stay: Stay, came: Sequence[AdvicePart]) -> set[str]:
    """Their numbers; an advice whose number is known replaces the earlier one."""
    family = "3300" if stay.is_cross else "810"
    first = 17 if stay.is_cross else 15
    for one in came:
        for offset, value in enumerate((one.aae080, one.alk009, one.alk016, one.alk017)):
            if not value:
                raise no(f"{family}{first + offset}")
        day(one.alk007)
        day(one.alk008)
    made = {
        one.aae080: Advice(stay=stay, aae080=one.aae080, content=one.model_dump(exclude_none=True))
        for one in came
        if one.aae080
    }
    if made:
        Advice.objects.bulk_create(
            list(made.values()), update_conflicts=True, unique_fields=["stay", "aae080"], update_fields=["content"]
        )
    return set(made)


def _check_refunds(stay: Stay, drafts: Sequence[Draft], codes: Codes) -> None:
    refunded = {one.charged for one in drafts if one.quantity < 0}
    if not refunded:
        return
    stored = Line.objects.filter(stay=stay, akc515__in={own for _, own in refunded}).values_list("code", "akc515")
    sums = stored.annotate(ever=Sum("quantity", filter=Q(quantity__gt=0)), left=Sum("quantity"))
    check_refunds(drafts, {(code, own): (ever or ZERO, left) for code, own, ever, left in sums}, codes)


def _store_lines(call: Call, stay: Stay, priced: Sequence[Priced]) -> None:
    amount = sum((one.draft.amount for one in priced), ZERO)
    name = digest([_text(one.draft) for one in priced])
    is_duplicate, repeated = _is_duplicate(stay, name, priced), _repeated(stay, priced)
    batch = Batch.objects.create(stay=stay, nonce=call.nonce, rows=len(priced), amount=amount, digest=name)
    # COPY: a thousand rows in a few milliseconds, so that the sandbox is no brake when uploads are timed.
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Line._meta.db_table)
        with cursor.copy(f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for one in priced:
                copy.write_row(_row(stay.pk, batch.pk, one))
    call.effect(
        stay.akc190,
        rows=len(priced),
        duplicate=is_duplicate,
        detail={"digest": name, "batch": batch.pk, "repeated": repeated},
        amount=amount,
    )


def _row(stay: int, batch: int, one: Priced) -> tuple[int | str | date | Decimal, ...]:
    draft = one.draft
    return (
        *(
            stay,
            batch,
            draft.alc400,
            draft.on,
            draft.code,
            draft.name[:100],
            one.category,
            one.kind,
            draft.version[:10],
        ),
        *(draft.price, draft.quantity, draft.amount, draft.own_code, draft.advice[:50], one.reason, one.rejected),
    )


def _text(draft: Draft) -> str:
    alc400, own, quantity, amount = draft.key
    return f"{alc400}|{own}|{quantity}|{amount}"


def _is_duplicate(stay: Stay, name: str, priced: Sequence[Priced]) -> bool:
    """Whether a whole batch like this one is there, and none of its items was taken back (or charged) since."""
    last = Batch.objects.filter(stay=stay, digest=name).order_by("-pk").first()
    if last is None:
        return False
    opposite = Q(quantity__lt=0) if priced[0].draft.quantity > 0 else Q(quantity__gt=0)
    since = Line.objects.filter(opposite, stay=stay, batch__gt=last.pk)
    return not since.filter(akc515__in={one.draft.own_code for one in priced}).exists()


def _repeated(stay: Stay, priced: Sequence[Priced]) -> int:
    """How many items of the batch are there already, as far as the wire tells: perhaps duplicates, perhaps not."""
    ours = Counter(one.draft.key for one in priced)
    stored = Line.objects.filter(stay=stay, alc400__in={one.draft.alc400 for one in priced})
    theirs = Counter(stored.values_list("alc400", "akc515", "quantity", "amount"))
    return (ours & theirs).total()


def _wipe(call: Call, stay: Stay, code: str, nothing: str) -> None:
    lines = Line.objects.filter(stay=stay)
    found = lines.aggregate(amount=Sum("amount"))
    if found["amount"] is None:
        raise no(nothing)
    rows = lines.count()
    lines.delete()
    stay.batches.all().delete()
    undone = call.live(code).filter(business_key=stay.akc190)
    call.effect(stay.akc190, rows=rows, undoes=undone, amount=found["amount"] or ZERO)
