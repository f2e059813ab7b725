"""All papers that are due, in one go: one volume for a scope, or the papers of each of many providers (9.5).

What is printed is planned once and kept in a folder of the job, document by document: a job that is interrupted goes on
where it was, and memory does not grow with the number of papers.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from clearing import rules
from clearing.models import DuePapers, PaperState, Scope
from clearing.models.printed import PAPERS
from clearing.papers.gathering import gather
from clearing.papers.kinds import KINDS
from clearing.papers.layout import planned
from clearing.papers.paper import Paper
from clearing.papers.writing import context_of
from clearing.services.printing import reckoned
from clearing.services.printing_prints import print_of
from clearing.services.refusals import Refused
from portal.access.member import Member
from portal.codes import code_list
from portal.jobs import Job, Running, start
from portal.papers.batches import Copy, print_copies

BOUND = "clearing.due_papers"
#: Providers whose papers are gathered together; nothing is printed meanwhile.
CHUNK = 40
#: A zip holds a file for each provider, with its own fonts.
MOST_FILES = 1000
#: Seconds after which the job lets others have the worker and goes on in a new task.
TURN = 240


@dataclass(frozen=True)
class Order:
    """What is to be printed: `form` is "volume" (one table of each kind for all), "each" or "zip" (papers of each)."""

    scope: Scope
    form: str = "volume"
    providers: tuple[str, ...] = ()

    @property
    def params(self) -> dict[str, Any]:
        return {"scope": asdict(self.scope), "form": self.form, "providers": list(self.providers)}

    @classmethod
    def of(cls, params: dict[str, Any]) -> "Order":
        return cls(Scope(**params["scope"]), params["form"], tuple(params["providers"]))


@dataclass(frozen=True)
class Lack:
    """A paper that is due and cannot be printed."""

    provider: str
    paper: str
    why: str


class Lacking(Refused):
    """Something due has no data; printing what there is has to be wanted."""

    def __init__(self, count: int, some: list[Lack], ready: int) -> None:
        super().__init__(f"有 {count} 张应打印的报表还没有数据，补齐后再打印，或只打印已有的 {ready} 张")
        self.count, self.some, self.ready = count, some, ready


@dataclass(frozen=True)
class Task:
    """One paper to be printed: of one provider, or (without a code) of all `codes`."""

    paper: str
    codes: tuple[str, ...]
    code: str = ""
    name: str = ""
    region: str = ""


@dataclass(frozen=True)
class Entry:
    """A printed paper: where its pages are, what it comes to, and what is kept of it."""

    task: Task
    document: int
    first: int
    pages: int
    count: int
    amount: str
    kept: dict[str, Any]


def start_due_papers(order: Order, *, by: Member, anyway: bool = False) -> Job:
    """Have a worker print everything due; joins the same person's request for the same.

    Raises Refused when nothing is due, and Lacking when something due has no data, unless `anyway`.
    """
    rows = _rows(order, by)
    tasks = plan(order, rows)
    lacks = [lack for row in rows for lack in lacks_of(row)]
    if order.form == "zip" and len(rows) > MOST_FILES:
        raise Refused(f"每家一个文件时最多 {MOST_FILES:,} 家机构，所选 {len(rows):,} 家，请改用合并 PDF 或缩小范围")
    if lacks and not anyway and tasks:
        raise Lacking(len(lacks), lacks[:50], len(tasks))
    if not tasks:
        why = f"：{lacks[0].provider} {PAPERS[lacks[0].paper]}，{lacks[0].why}" if lacks else ""
        raise Refused(f"{order.scope}没有可打印的应打印报表{why}")
    what = sha256(json.dumps(order.params).encode()).hexdigest()[:16]
    whom = f"{rows[0].provider_name}" if len(rows) == 1 else f"{len(rows)} 家机构"
    title = f"打印应打印报表：{order.scope}，{whom}"
    return start(BOUND, f"{order.scope.environment}-{what}-{by.label}", by=by, title=title, params=order.params)


def lacks_of(row: DuePapers) -> Iterator[Lack]:
    """What the provider would have to print and cannot."""
    for paper in rules.PAPERS:
        if row.state_of(paper) == PaperState.LACKING:
            yield Lack(f"{row.provider_name}（{row.provider_code}）", paper, row.told(paper).get("why", ""))


def _rows(order: Order, by: Member) -> list[DuePapers]:
    """The providers in the order of regions (B.6) and codes."""
    rows = reckoned(order.scope, by=by)
    if order.providers:
        rows = rows.filter(provider_code__in=order.providers)
    places = {code: place for place, (code, _) in enumerate(code_list("clearing.insu_admdvs").choices())}
    return sorted(rows, key=lambda row: (places.get(row.region, len(places)), row.region, row.provider_code))


def plan(order: Order, rows: list[DuePapers]) -> list[Task]:
    """Every paper to be printed, in the order in which they are bound."""
    owed = {paper: [row for row in rows if row.state_of(paper) in PaperState.owed()] for paper in rules.PAPERS}
    if order.form == "volume":
        return [Task(paper, tuple(row.provider_code for row in found)) for paper, found in owed.items() if found]
    return [
        Task(paper, (row.provider_code,), row.provider_code, row.provider_name, row.region)
        for row in rows
        for paper in rules.PAPERS
        if row.state_of(paper) in PaperState.owed()
    ]


class Folder:
    """What a job has printed so far, in files: the plan, documents, and what stands in them."""

    def __init__(self, job_id: Any) -> None:
        self.path = Path(settings.VAR) / "prints" / str(job_id)
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def plan(self) -> tuple[list[Task], list[Lack]] | None:
        """What was to be printed when the job began; None when it begins now."""
        file = self.path / "plan.json"
        if not file.exists():
            return None
        kept = json.loads(file.read_text())
        tasks = [Task(**{**one, "codes": tuple(one["codes"])}) for one in kept["tasks"]]
        return tasks, [Lack(**one) for one in kept["lacks"]]

    def keep_plan(self, tasks: list[Task], lacks: list[Lack]) -> None:
        content = {"tasks": [asdict(task) for task in tasks], "lacks": [asdict(lack) for lack in lacks]}
        (self.path / "plan.json").write_text(json.dumps(content))

    def document(self, number: int) -> Path:
        return self.path / f"{number:05d}.pdf"

    def keep(self, number: int, pdf: bytes, entries: list[Entry]) -> None:
        """The document first: entries without one would be missing pages."""
        self.document(number).write_bytes(pdf)
        file = self.path / f"{number:05d}.json"
        file.write_text(json.dumps([asdict(entry) for entry in entries], cls=DjangoJSONEncoder))

    def entries(self) -> list[Entry]:
        """Everything printed so far, in order."""
        found = []
        for file in sorted(self.path.glob("[0-9]*.json")):
            for one in json.loads(file.read_text()):
                task = Task(**{**one["task"], "codes": tuple(one["task"]["codes"])})
                found.append(Entry(**{**one, "task": task}))
        return found

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def print_all(order: Order, folder: Folder, running: Running, by: Member) -> tuple[list[Entry], list[Lack]]:
    """Print what is still to be printed into the folder; raises Cancelled and OutOfTime between two documents."""
    known = folder.plan()
    if known is None:
        with running.tx():
            rows = _rows(order, by)
            known = plan(order, rows), [lack for row in rows for lack in lacks_of(row)]
        folder.keep_plan(*known)
    tasks, lacks = known
    entries, gone = folder.entries(), list[Lack]()
    number = max((entry.document for entry in entries), default=0)
    printed = {entry.task for entry in entries}
    papers: dict[Task, Paper] = {}
    total = len({task.code for task in tasks}) if order.form != "volume" else len(tasks)
    with closing(print_copies(_copies(order, tasks, printed, papers, gone, running, by))) as documents:
        for document in documents:
            number += 1
            first, fresh = 0, []
            for task, pages in document.papers:
                paper = papers.pop(task)
                kept = print_of(paper, "pdf", by.label, is_bound=True)
                fresh.append(Entry(task, number, first, pages, paper.count, f"{paper.payable:.2f}", kept))
                first += pages
            folder.keep(number, document.pdf, fresh)
            entries += fresh
            last = fresh[-1].task
            done = len({entry.task.code for entry in entries}) if order.form != "volume" else len(entries)
            running.progress(done, total, last.name or PAPERS[last.paper])
            running.pause_if_late(TURN)
    return entries, lacks + gone


def _copies(
    order: Order,
    tasks: list[Task],
    printed: set[Task],
    papers: dict[Task, Paper],
    gone: list[Lack],
    running: Running,
    by: Member,
) -> Iterator[Copy]:
    """The papers one after the other, read a few at a time; what has lost its data meanwhile is named in `gone`."""
    left = [task for task in tasks if task not in printed]
    for start_at in range(0, len(left), CHUNK):
        chunk = []
        with running.tx():
            for task in left[start_at : start_at + CHUNK]:
                try:
                    paper = gather(task.paper, order.scope, by=by, providers=task.codes)
                    if order.form == "volume":
                        paper.subtitle = paper.subtitle.replace("所选 ", "按规则应打印的 ")
                    chunk.append((task, paper))
                except Refused as refusal:
                    gone.append(Lack(task.name or "所选机构", task.paper, refusal.sentence))
        for task, paper in chunk:
            papers[task] = paper
            yield Copy(task, KINDS[task.paper].template, context_of(paper), planned(paper))
