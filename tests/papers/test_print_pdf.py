import re
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from portal.papers import fonts
from portal.papers.checks import papers_can_be_printed
from portal.papers.pdf import ForbiddenAsset, merge_pdfs, render_pdf
from portal.web.tables import Cell

HOSPITAL = SimpleNamespace(name="演示医院甲", code="H14020000001")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def _trial_template(settings):
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]}
    ]


def paper(count=3, title="核拨表", **context):
    lines = [[Cell(f"䶮㛃𬱖医院{n}", "", "text"), Cell("1,234.50", "", "money")] for n in range(count)]
    columns = [SimpleNamespace(label="机构名称"), SimpleNamespace(label="拨付金额")]
    facts = {"title": title, "institution": HOSPITAL, "period": "2025 年度", "audit_mark": "a1b2c3d4"}
    return render_pdf("trial_paper.html", {"columns": columns, "lines": lines, **facts, **context})


def text_of(pdf, number=None):
    pages = PdfReader(BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in (pages if number is None else [pages[number]]))


def test_it_holds_chinese_that_can_be_read_out():
    text = text_of(paper())
    for words in (
        "核拨表",
        "演示医院甲",
        "H14020000001",
        "2025 年度",
        "机构名称",
        "䶮㛃𬱖医院2",
        "1,234.50",
        "a1b2c3d4",
    ):
        assert words in text


def test_it_prints_rare_names_with_a_real_glyph():
    """A missing glyph would be number 0 of the font; the page's text is written as glyph numbers."""
    page = PdfReader(BytesIO(paper())).pages[0]
    contents = page.get_contents()
    assert contents is not None
    shown = re.findall(rb"<([0-9a-fA-F]+)>", contents.get_data())
    assert shown
    for run in shown:
        glyphs = [run[start : start + 4] for start in range(0, len(run), 4)]
        assert b"0000" not in glyphs


def test_it_numbers_its_pages_and_repeats_head_and_title():
    pdf = paper(count=90)
    pages = len(PdfReader(BytesIO(pdf)).pages)
    assert pages > 2
    for number in range(pages):
        text = text_of(pdf, number).replace(" ", "")
        assert f"第{number + 1}页/共{pages}页" in text
        assert "机构名称" in text
        assert "核拨表" in text


def test_it_is_a4_the_way_the_paper_says():
    box = PdfReader(BytesIO(paper())).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595)


@pytest.mark.parametrize(
    "extra",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1/x.png">',
        '<img src="asset:unknown">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<style>@import url("file:///etc/passwd");</style>',
        '<style>body { background: url("//127.0.0.1/x.png") }</style>',
        '<object data="file:///etc/passwd"></object>',
        '<svg><image href="file:///etc/passwd" width="9" height="9"/></svg>',
    ],
)
def test_it_fetches_nothing(extra):
    with pytest.raises(ForbiddenAsset):
        paper(extra=extra)


def test_it_takes_the_assets_it_is_given():
    pdf = render_pdf("trial_paper.html", {"title": "图", "extra": '<img src="asset:seal">'}, assets={"seal": PIXEL})
    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 1


def test_it_escapes_what_people_typed():
    assert "<b>" in text_of(paper(title="<b>表</b>"))


def test_it_drops_control_characters():
    assert "核拨表" in text_of(paper(title="核\x00拨\x0b表"))


def test_it_merges_papers_in_order():
    merged = merge_pdfs([paper(title="甲表"), paper(title="乙表")], title="两张表")
    reader = PdfReader(BytesIO(merged))
    assert len(reader.pages) == 2
    assert "甲表" in text_of(merged, 0)
    assert "乙表" in text_of(merged, 1)
    assert reader.metadata is not None
    assert reader.metadata.title == "两张表"


def test_it_is_refused_at_start_without_a_chinese_font(monkeypatch):
    assert papers_can_be_printed(None) == []
    fonts.missing_characters.cache_clear()
    monkeypatch.setattr(fonts, "_fonts_with", lambda ask, code: "")
    try:
        [error] = papers_can_be_printed(None)
        assert "医䶮㛃𬱖" in error.msg
    finally:
        fonts.missing_characters.cache_clear()
