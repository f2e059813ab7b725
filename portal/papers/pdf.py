"""PDF from our own templates.

What prints and merges is loaded at the first paper: together half a second and 60 MB, and most processes never print.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import timezone

from portal.papers import pressroom
from portal.papers.failures import ForbiddenAsset, PaperFailed
from portal.papers.pages import Page, Part, parts_of
from portal.papers.text import writable

if TYPE_CHECKING:
    from pypdf import PdfWriter

__all__ = ["CONTENT_TYPE", "ForbiddenAsset", "PaperFailed", "merge_pdfs", "render_pages", "render_pdf"]

CONTENT_TYPE = "application/pdf"
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # nine lines a paper otherwise


def render_pdf(template: str, context: Mapping[str, Any], *, assets: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a template that extends papers/base.html.

    `context` for the base: title, institution (object with name and code), period, audit_mark (short hash of the
    audit chain), printed_by; rows and totals are the template's own. Raises ForbiddenAsset when the template refers
    to anything but `asset:<name>` of `assets`.
    """
    from portal.papers.printing import print_html

    return print_html(_html(template, context), assets or {})


def render_pages(template: str, context: Mapping[str, Any], pages: Sequence[Page]) -> bytes:
    """The PDF of a long paper whose pages are planned (portal.papers.pages), the same however it is printed.

    The template shows `part.pages`, each as a table of its own, its head only when `part.is_first` and its end only
    when `part.is_last`. A paper of one part is printed here, a longer one side by side in processes of their own.
    Raises ForbiddenAsset and PaperFailed.
    """
    context = {"printed_at": timezone.localtime(), **context}
    parts = parts_of(pages, pressroom.PRESSES)
    if len(parts) == 1:
        return render_pdf(template, {**context, "part": parts[0]})
    printed = _print(template, context, parts)
    counts = [count for _, count in printed]
    if counts != [len(part.pages) for part in parts]:
        # Something was higher than planned: no row is lost, but pages were added and numbers behind them are wrong.
        starts = [1, *(1 + before for before in accumulate(counts))]
        parts = [replace(part, first_page=start, total=sum(counts)) for part, start in zip(parts, starts, strict=False)]
        printed = _print(template, context, parts)
    return _joined([pdf for pdf, _ in printed])


def _print(template: str, context: Mapping[str, Any], parts: Sequence[Part]) -> list[tuple[bytes, int]]:
    # Written while the first presses already start.
    written: Iterator[str] = (_html(template, {**context, "part": part}) for part in parts)
    return pressroom.print_parts(written, len(parts))


def _html(template: str, context: Mapping[str, Any]) -> str:
    return writable(render_to_string(template, {"printed_at": timezone.localtime(), **context}))


def _joined(papers: Sequence[bytes]) -> bytes:
    """The parts of one paper, with what the first says about itself (title, author)."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for paper in papers:
        writer.append(BytesIO(paper))
    first = PdfReader(BytesIO(papers[0]))
    writer.metadata = first.metadata
    return _file(writer)


def merge_pdfs(papers: Iterable[bytes], *, title: str = "") -> bytes:
    """Several papers as one file, in order; each keeps its own page numbers."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for paper in papers:
        writer.append(BytesIO(paper))
    if title:
        writer.add_metadata({"/Title": writable(title)})
    return _file(writer)


def _file(writer: "PdfWriter") -> bytes:
    file = BytesIO()
    writer.write(file)
    return file.getvalue()
