"""Which rows of a paper stand on which page; heights in millimetres, as templates/papers/clearing sets them."""

from clearing.papers.kinds import PaperKind
from clearing.papers.paper import Line, Paper
from portal.papers.pages import Page, lines_of, pages_of
from portal.papers.pages import Row as PageRow

#: Side padding and rule of a cell.
SIDES = 1.6
#: Text of the facts' own labels and gaps, and of the words around the capitals, in ems.
FACTS, WORDS = "　" * 45, "　" * 32


def planned(paper: Paper) -> list[Page]:
    """The paper's rows page by page: every page full, no region's heading or sub-total alone."""
    sheet = paper.kind.sheet
    head = sheet.pad + sheet.line + 0.1
    table: list[PageRow] = []
    for group in paper.groups:
        again = PageRow("continued", group, head)
        table.append(PageRow("group", group, head, with_next=True))
        table += [PageRow("line", line, height(line, paper.kind), running=again) for line in group.lines]
        table.append(PageRow("subtotal", group, head, with_previous=True, running=again))
    table.append(PageRow("total", paper, head, with_previous=True))
    words = lines_of(paper.capitals + WORDS, sheet.width - 3, 9.5)
    table.append(PageRow("words", paper, 4 + 4.4 * words, with_previous=True))
    facts = lines_of(FACTS + "　　　".join(text for _, text in paper.facts), sheet.width - 8, 9)
    title = lines_of(paper.subtitle, sheet.width, 10)
    room = sheet.first - 4.7 * (facts - 1) - 5.2 * (title - 1)
    return pages_of(table, first=room, other=sheet.other, tail=sheet.tail)


def height(line: Line, kind: PaperKind) -> float:
    """Of one row: what wraps in it are names and codes."""
    sheet = kind.sheet
    lines = 1
    for column in kind.columns:
        if column.width and column.name in ("provider_name", "provider_code"):
            text = line.printed_name if column.name == "provider_name" else line.row.provider_code
            lines = max(lines, lines_of(text, column.width - SIDES, sheet.size))
    return sheet.pad + sheet.line * lines
