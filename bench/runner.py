"""Runs a case three times, ours and the reference in turn, each in a fresh process."""

from __future__ import annotations

import importlib
import multiprocessing
import pkgutil
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from statistics import median

import bench
from bench.case import Case, Result, Run, Seconds

ROUNDS = 3


def case_names() -> list[str]:
    """The modules of this package that hold a case."""
    machinery = {"__main__", "api_urls", "case", "centre", "city", "runner", "scratch"}
    return [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in machinery]


def load(name: str) -> Case:
    """The case of that name; LookupError if there is none."""
    if name not in case_names():
        raise LookupError(f"there is no case {name}; known: {', '.join(case_names())}")
    found = importlib.import_module(f"bench.{name}").CASE
    if not isinstance(found, Case) or found.name != name:
        raise TypeError(f"bench/{name}.py must hold a CASE called {name}")
    return found


def measure(case: Case) -> Result:
    """Medians of three alternating rounds."""
    ours, reference = [], []
    for _ in range(ROUNDS):
        ours.append(_apart(case, case.ours))
        if case.reference:
            reference.append(_apart(case, case.reference))
    seconds = median(run.seconds for run in ours)
    count = ours[0].count
    return Result(
        case=case,
        ours=seconds,
        reference=median(run.seconds for run in reference) if reference else None,
        peak_mb=median(run.peak_mb for run in ours),
        rate=count / seconds if count else None,
    )


def _apart(case: Case, work: Callable[[], int | Seconds | None]) -> Run:
    """In a child: nothing that one run leaves in memory helps or burdens the next."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(case, work, sender))
    child.start()
    sender.close()
    try:
        run: Run = receiver.recv()
    except EOFError:
        raise RuntimeError(f"a run of {case.name} ended without a result; see its error above") from None
    finally:
        child.join()
    return run


def _run(case: Case, work: Callable[[], int | Seconds | None], sender: Connection) -> None:
    if case.prepare:
        case.prepare()
    done: int | Seconds | None = None
    started = time.perf_counter()
    for _ in range(case.repeats):
        done = work()
    seconds = (time.perf_counter() - started) / case.repeats
    count = None
    if isinstance(done, Seconds):
        seconds = float(done)
    else:
        count = done
    # Of the largest process: this one, or one that it started and waited for.
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(one).ru_maxrss for one in who) / 1024
    sender.send(Run(seconds, peak, count))
    sender.close()
