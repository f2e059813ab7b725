"""Long papers, made by the worker."""

from collections.abc import Collection
from hashlib import sha256
from typing import Any

from clearing.models import Scope
from clearing.papers.gathering import SOURCES, codes_of
from clearing.papers.kinds import KINDS
from portal.access.member import Member
from portal.jobs import Job, JobState, start

#: A paper with more rows is made by the worker: nobody waits for its presses in the browser.
AT_ONCE = 300
PAPER = "clearing.paper"


def start_paper(kind_name: str, scope: Scope, fmt: str, *, by: Member, providers: Collection[str] | None = None) -> Job:
    """Have a worker make the paper; joins the same person's request for the same paper."""
    kind = KINDS[kind_name]
    params = _params(kind_name, scope, fmt, providers)
    chosen = "-".join(params["providers"])
    which = f"-{sha256(chosen.encode()).hexdigest()[:12]}" if chosen else ""
    key = f"{scope.environment}-{kind_name}-{kind.scope_of(scope).key}{which}-{fmt}-{by.label}"
    title = f"生成{kind.title}（{fmt.upper()}）：{kind.scope_of(scope)}"
    return start(PAPER, key, by=by, title=title, params=params)


def made_paper(kind_name: str, scope: Scope, fmt: str, *, providers: Collection[str] | None = None) -> Job | None:
    """The newest finished paper of the scope, unless its rows changed since."""
    params = _params(kind_name, scope, fmt, providers)
    done = Job.objects.filter(kind=PAPER, state=JobState.DONE, params=params).first()
    if done is None or not done.result_path:
        return None
    changed = SOURCES[kind_name].changed_at(KINDS[kind_name].scope_of(scope))
    return done if changed is None or done.created_at > changed else None


def _params(kind_name: str, scope: Scope, fmt: str, providers: Collection[str] | None) -> dict[str, Any]:
    scope = KINDS[kind_name].scope_of(scope)
    named = {name: getattr(scope, name) for name in ("environment", "year", "insurance", "agency")}
    return {"paper": kind_name, **named, "format": fmt, "providers": list(codes_of(providers))}
