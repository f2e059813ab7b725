"""对明细账 (9101, 3202, 9102): our lines of a category and office go up as a file, the result comes down as one."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models import Count, Q, Sum

from portal.gateway.archives import BadArchive, ZipLimits
from portal.gateway.crypto import sm3
from portal.gateway.errors import GatewayError, Unknown
from portal.gateway.national import compose, current_edition
from portal.gateway.national.editions import Edition
from portal.ledger.facts import Span
from portal.ledger.reading import ScopeSums
from reconciliation.models import Purpose, RawFile, Run
from reconciliation.services.detail_files import LARGEST, MOST, by_day, columns_of, rows_of, write_file
from reconciliation.services.result_files import Unreadable, read_result
from reconciliation.services.spans import pieces
from reconciliation.services.totals import Means

#: What a result may cost: packed, unpacked, entries, how far it was packed.
LIMITS = ZipLimits(file=64 * 1024 * 1024, unpacked=1024 * 1024 * 1024, entries=20, ratio=200)


class NoDetails(Exception):
    """The detail account of a category and office did not come to its end; `sentence` says at which step and why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Part:
    """What one file is about: a category and office, all insurances, some days."""

    run: Run
    clr_type: str
    clr_optins: str
    begin: date
    end: date

    @property
    def span(self) -> Span:
        return Span(self.run.environment, self.begin, self.end)

    @property
    def name(self) -> str:
        return f"{self.clr_type}_{self.clr_optins}_{self.begin:%Y%m%d}_{self.end - timedelta(days=1):%Y%m%d}"


def parts_of(run: Run, clr_type: str, clr_optins: str, *, means: Means) -> list[Part]:
    """The run's span in files that 9101 takes."""
    span = Span(run.environment, run.begin, run.end)
    with means.door():
        counts = by_day(span, run.family, clr_type, clr_optins)
    return [Part(run, clr_type, clr_optins, *piece) for piece in pieces(run.begin, run.end, counts, MOST)]


def fetch_details(part: Part, *, means: Means) -> RawFile:
    """Send our lines, have them compared, keep the result. NoDetails when a step fails; what came is kept even then."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / f"{part.name}.zip"
        with means.door():
            edition = current_edition(part.run.environment)
            rows = rows_of(part.span, part.run.family, part.clr_type, part.clr_optins)
            sums = _sums(rows)
            sums["lines"] = write_file(rows, columns_of(edition, "input"), target)
        content = target.read_bytes()
        sent = _kept(part, Purpose.DETAILS, target.name, content, means, lines=sums["lines"])
        if len(content) > LARGEST:
            raise NoDetails("一天的明细超过文件上传（9101）的长度，请与医保中心商定分批方式")
        number = _upload(sent, content, means)
        told = _compare(part, number, sums, means)
        return _download(part, told, Path(folder) / "result.zip", edition, means)


def _sums(rows: Any) -> dict[str, Any]:
    """What 3202 says of the file beside it."""
    names = ("total", "fund", "cash")
    found = rows.order_by().aggregate(
        count=Count("pk"), refunds=Count("pk", filter=Q(is_refund=True)), **{f"{one}_": Sum(one) for one in names}
    )
    empty = ScopeSums("", "", "")
    return {"count": found["count"], "refunds": found["refunds"]} | {
        one: found[f"{one}_"] or getattr(empty, one) for one in names
    }


def _upload(sent: RawFile, content: bytes, means: Means) -> str:
    """9101; the number that 3202 takes."""
    asked = {
        "in": base64.b64encode(content).decode("ascii"),
        "filename": sent.name,
        "fixmedins_code": means.medins_code,
    }
    reply = _asked("上传明细文件（9101）", compose("9101", {"fsUploadIn": asked}), means)
    number = str(reply.file_qury_no or "")
    if not number:
        raise NoDetails("上传明细文件（9101）的答复中没有文件查询号")
    with means.door():
        RawFile.objects.filter(pk=sent.pk).update(query_no=number[:60])
    return number


def _compare(part: Part, number: str, sums: dict[str, Any], means: Means) -> Any:
    """3202; where the result can be had. It knows no insurance: the file has all of them."""
    asked = {
        "setl_optins": part.clr_optins,
        "file_qury_no": number,
        "stmt_begndate": f"{part.begin:%Y-%m-%d}",
        "stmt_enddate": f"{part.end - timedelta(days=1):%Y-%m-%d}",
        "medfee_sumamt": sums["total"],
        "fund_pay_sumamt": sums["fund"],
        "cash_payamt": sums["cash"],
        "fixmedins_setl_cnt": sums["count"],
        "clr_type": part.clr_type,
        "fixmedins_refd_setl_flag": "1" if sums["refunds"] else "0",
    }
    with means.door():
        request = compose("3202", {"data": asked}, edition=current_edition(part.run.environment))
    told = _asked("对明细账（3202）", request, means).fileinfo
    if told is None or not told.file_qury_no or not told.filename:
        raise NoDetails("对明细账（3202）的答复中没有结果文件")
    return told


def _download(part: Part, told: Any, target: Path, edition: Edition, means: Means) -> RawFile:
    """9102; kept as it came, then read through once, so that what cannot be read is known now."""
    number, name = str(told.file_qury_no), str(told.filename)
    asked = {"file_qury_no": number, "filename": name, "fixmedins_code": means.medins_code}
    spoilt: list[bytes] = []
    try:
        means.fetch(
            compose("9102", {"fsDownloadIn": asked}),
            target,
            limits=LIMITS,
            spoilt=lambda path: spoilt.append(path.read_bytes()),
        )
    except BadArchive as error:
        _kept(part, Purpose.RESULT, name, b"".join(spoilt), means, query_no=number, problem=error.sentence)
        raise NoDetails(f"下载对账结果（9102）：{error.sentence}") from None
    except GatewayError as error:
        if isinstance(error, Unknown) and error.evidence:
            _kept(part, Purpose.RESULT, name, error.evidence, means, query_no=number, problem=error.sentence)
        raise NoDetails(f"下载对账结果（9102）：{error.sentence}") from None
    content = target.read_bytes()
    lines, problem = _counted(content, columns_of(edition, "output"))
    kept = _kept(part, Purpose.RESULT, name, content, means, query_no=number, lines=lines, problem=problem)
    if problem:
        raise NoDetails(problem)
    return kept


def _counted(content: bytes, columns: Iterable[str]) -> tuple[int, str]:
    """How many lines can be read, and what stops the reading."""
    lines = 0
    try:
        _, rows = read_result(content, list(columns))
        for _ in rows:
            lines += 1
    except Unreadable as error:
        return lines, error.sentence
    return lines, ""


def _asked(what: str, request: Any, means: Means) -> Any:
    try:
        return means.ask(request)
    except GatewayError as error:
        raise NoDetails(f"{what}：{error.sentence}") from None


def _kept(part: Part, purpose: str, name: str, content: bytes, means: Means, **more: Any) -> RawFile:
    with means.door():
        return RawFile.objects.create(
            environment=part.run.environment,
            run=part.run,
            round=part.run.round,
            begin=part.begin,
            end=part.end,
            clr_type=part.clr_type,
            clr_optins=part.clr_optins,
            purpose=purpose,
            name=name[-200:],
            content=base64.b64encode(content).decode("ascii"),
            size=len(content),
            digest=sm3(content).hex(),
            **more,
        )
