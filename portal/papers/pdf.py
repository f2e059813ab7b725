"""PDF from our own templates (the only importer of weasyprint).

Nothing is fetched: WeasyPrint's own fetcher once embedded a local file, so ours knows the assets it is given and
refuses everything else (design 4.7).
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from pypdf import PdfWriter
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from portal.papers.text import writable

CONTENT_TYPE = "application/pdf"
_STYLE = (Path(__file__).parent / "paper.css").read_text()


class ForbiddenAsset(ValueError):
    """A paper asked for something it was not given."""


class GivenAssets(URLFetcher):  # type: ignore[misc]
    """Serves `asset:<name>` from memory, and nothing else."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=["asset"], fail_on_errors=True)
        self.assets = assets

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix("asset:")
        if not url.startswith("asset:") or name not in self.assets:
            # Not an Exception: WeasyPrint would log those and print the page without the asset.
            raise FatalURLFetchingError(f"a paper may not fetch {url[:200]}")
        return URLFetcherResponse(url, self.assets[name])


def render_pdf(template: str, context: Mapping[str, Any], *, assets: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a template that extends papers/base.html.

    `context` for the base: title, institution (object with name and code), period, audit_mark (short hash of the
    audit chain), printed_by; rows and totals are the template's own. Raises ForbiddenAsset when the template refers
    to anything but `asset:<name>` of `assets`.
    """
    html = writable(render_to_string(template, {"printed_at": timezone.localtime(), **context}))
    fetcher, fonts = GivenAssets(assets or {}), FontConfiguration()
    try:
        style = CSS(string=_STYLE, url_fetcher=fetcher, font_config=fonts)
        document = HTML(string=html, url_fetcher=fetcher, base_url=None)
        return bytes(document.write_pdf(stylesheets=[style], font_config=fonts, optimize_images=False))
    except FatalURLFetchingError as error:
        raise ForbiddenAsset(str(error)) from None


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
