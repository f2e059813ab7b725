"""Invoices and other papers: files that are what they say, numbers that are used once (4.13, 4.18, 4.26)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from injury.messages import Ack, UploadMaterial
from injury.messages.cross_province_discharge import CrossProvinceInvoice
from injury.messages.discharge import Invoice
from injury.sandbox.centre import ZERO, money, no, open_centre, stay_of
from injury.sandbox.models import Material, State, Stay
from injury.sandbox.sums import total_of
from portal.gateway.sandbox.plays import Call, plays

#: How a file of the format begins; "img" is whatever a scanner wrote.
BEGINNINGS = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "bmp": (b"BM",),
    "gif": (b"GIF87a", b"GIF89a"),
    "img": (b"",),
}
KNOWN = ("pdf", "png", "jpg", "bmp", "gif")
INVOICE = "01"


@dataclass(frozen=True, slots=True)
class Codes:
    """What the same fault is called at home and for another province."""

    missing: str
    kind: str
    unreadable: str
    sum: str


OWN = Codes("110023", "110026", "110024", "110025")
CROSS = Codes("350028", "350029", "350027", "350026")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as it came, its file decoded."""

    number: str
    money: Decimal
    file_format: str
    filetype: str
    content: bytes


@plays(UploadMaterial)
def upload_material(request: UploadMaterial, call: Call) -> Ack:
    """After discharge and before the claim. 4.18 has no codes of its own: those of discharge serve."""
    open_centre(call)
    is_cross = request.rolltype == "1"
    stay, codes = stay_of(call.party, request.akc190, locked=True), CROSS if is_cross else OWN
    if stay is None or stay.is_cross != is_cross:
        raise no("350010" if is_cross else "110009")
    if stay.state == State.ADMITTED:
        raise no("360004" if is_cross else "120002")
    if stay.state != State.DISCHARGED:
        raise no("360003" if is_cross else "120003")
    content = _decoded(request.file, codes)
    _check_format(content, (request.invoiceType,), codes.missing, CROSS.kind)
    paper = Paper(request.invoiceNo, money(request.invoiceMoney, 2), request.invoiceType, request.filetype, content)
    _check_unused(stay, [paper], codes)
    if paper.filetype == INVOICE and _invoiced(stay) + paper.money > total_of(stay):
        raise no(codes.sum)
    _store(stay, [paper], with_discharge=False)
    call.effect(f"{stay.akc190}/{paper.number}", rows=1, amount=paper.money, detail={"filetype": paper.filetype})
    return Ack()


def papers_of(invoices: Sequence[Invoice | CrossProvinceInvoice]) -> list[Paper]:
    """The papers of a discharge, decoded and checked one by one; raises the refusal of the first that is wrong."""
    return [_own(one) if isinstance(one, Invoice) else _of_elsewhere(one) for one in invoices]


def _own(one: Invoice) -> Paper:
    """4.13 carries invoices only, and only as PDF; that nothing is missing the reading of the message has seen to."""
    content = _decoded(one.body, OWN, url_safe=True)
    _check_format(content, ("pdf",), OWN.missing, OWN.kind)
    return Paper(one.invoiceNo, money(one.invoiceMoney, 2), "pdf", INVOICE, content)


def _of_elsewhere(one: CrossProvinceInvoice) -> Paper:
    """4.26 carries other papers too, and none names its format."""
    content = _decoded(one.body, CROSS, url_safe=True)
    file_format = _check_format(content, KNOWN, CROSS.missing, CROSS.kind)
    return Paper(one.invoiceNo, money(one.invoiceMoney, 2), file_format, one.filetype, content)


def keep_papers(stay: Stay, papers: Sequence[Paper], codes: Codes) -> None:
    """Store the papers of a discharge; their invoices make up the whole sum, if there are any."""
    _check_unused(stay, papers, codes)
    invoices = [one.money for one in papers if one.filetype == INVOICE]
    if invoices and sum(invoices, ZERO) != total_of(stay):
        raise no(codes.sum, f"发票合计 {sum(invoices, ZERO)}，费用合计 {total_of(stay)}")
    _store(stay, papers, with_discharge=True)


def _invoiced(stay: Stay) -> Decimal:
    return sum(stay.materials.filter(filetype=INVOICE).values_list("money", flat=True), ZERO)


def _decoded(body: str, codes: Codes, *, url_safe: bool = False) -> bytes:
    """Files inside 4.13 and 4.26 are URL-safe Base64: one with + or / in it is refused as unreadable."""
    try:
        return base64.b64decode(body, altchars=b"-_" if url_safe else None, validate=True)
    except (binascii.Error, ValueError):
        raise no(codes.unreadable) from None


def _check_format(content: bytes, formats: Sequence[str], missing: str, wrong: str) -> str:
    """Which of the formats the file has; refused when it has none of them."""
    if not content:
        raise no(missing)
    found = next((one for one in formats if content.startswith(BEGINNINGS[one])), None)
    if found is None:
        raise no(wrong)
    return found


def _check_unused(stay: Stay, papers: Sequence[Paper], codes: Codes) -> None:
    numbers = [one.number for one in papers]
    used = set(Material.objects.filter(party=stay.party, number__in=numbers).values_list("number", flat=True))
    used |= {number for number in numbers if numbers.count(number) > 1}
    if used:
        raise no(codes.missing, f"编号已被使用：{'、'.join(sorted(used))}")


def _store(stay: Stay, papers: Sequence[Paper], *, with_discharge: bool) -> None:
    Material.objects.bulk_create(
        Material(
            party=stay.party,
            stay=stay,
            number=one.number,
            money=one.money,
            file_format=one.file_format,
            filetype=one.filetype,
            size=len(one.content),
            with_discharge=with_discharge,
        )
        for one in papers
    )
