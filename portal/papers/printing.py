"""WeasyPrint, behind walls (its only importer).

Nothing is fetched: its own fetcher once embedded a local file, so ours knows the assets it is given and refuses
everything else (design 4.7).
"""

from collections.abc import Mapping
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from portal.papers.failures import ForbiddenAsset

_STYLE = (Path(__file__).parent / "paper.css").read_text()


class GivenAssets(URLFetcher):  # type: ignore[misc]
    """Serves `asset:<name>` from memory, and nothing else."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=["asset"], fail_on_errors=True)
        self.assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix("asset:")
        if not url.startswith("asset:") or name not in self.assets:
            self.refused.append(url[:200])
            # WeasyPrint logs other errors and prints the page without the asset; inside SVG it even swallows this one.
            raise FatalURLFetchingError(url[:200])
        return URLFetcherResponse(url, self.assets[name])


def print_html(html: str, assets: Mapping[str, bytes]) -> bytes:
    """The PDF of a whole page of HTML in the papers' style; raises ForbiddenAsset."""
    return print_pages(html, assets)[0]


def print_pages(html: str, assets: Mapping[str, bytes]) -> tuple[bytes, int]:
    """The same, and the number of its pages."""
    fetcher, fonts = GivenAssets(assets), FontConfiguration()
    try:
        style = CSS(string=_STYLE, url_fetcher=fetcher, font_config=fonts)
        # A base of our own scheme: an address without a scheme is refused like any other, not overlooked.
        source = HTML(string=html, url_fetcher=fetcher, base_url="asset:/")
        document = source.render(stylesheets=[style], font_config=fonts)
        pdf, pages = bytes(document.write_pdf()), len(document.pages)
    except FatalURLFetchingError:
        pdf, pages = b"", 0
    if fetcher.refused:
        raise ForbiddenAsset(f"a paper may not fetch {fetcher.refused[0]}")
    return pdf, pages
