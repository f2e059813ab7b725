"""PDF from our own templates."""

import logging
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from pypdf import PdfWriter

from portal.papers.text import writable

CONTENT_TYPE = "application/pdf"
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # nine lines a paper otherwise


class ForbiddenAsset(ValueError):
    """A paper asked for something it was not given."""


def render_pdf(template: str, context: Mapping[str, Any], *, assets: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a template that extends papers/base.html.

    `context` for the base: title, institution (object with name and code), period, audit_mark (short hash of the
    audit chain), printed_by; rows and totals are the template's own. Raises ForbiddenAsset when the template refers
    to anything but `asset:<name>` of `assets`.
    """
    # Loaded at the first paper: it takes half a second, and most processes never print.
    from portal.papers.printing import print_html

    return print_html(
        writable(render_to_string(template, {"printed_at": timezone.localtime(), **context})), assets or {}
    )


def merge_pdfs(papers: Iterable[bytes], *, title: str = "") -> bytes:
    """Several papers as one file, in order; each keeps its own page numbers."""
    writer = PdfWriter()
    for paper in papers:
        writer.append(BytesIO(paper))
    if title:
        writer.add_metadata({"/Title": writable(title)})
    file = BytesIO()
    writer.write(file)
    return file.getvalue()
