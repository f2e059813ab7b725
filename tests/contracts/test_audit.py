"""Every action that is declared can be read and happens; whatever a service changes is recorded (design 4.4)."""

import re
from functools import cache

import pytest

from portal.audit import declared_actions
from portal.audit.registry import Action
from tests.contracts.source import Function, functions, modules, origin

CHINESE = re.compile(r"[\u4e00-\u9fff]")
RECORDERS = {f"portal.audit.record.{name}" for name in ("record", "record_platform", "record_into")}
#: Calls that change rows.
CHANGES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    "set_password",
}

#: Services with `by` that change something and record nothing. Why each may:
UNRECORDED = {
    "portal.gateway.environments.services.transfer.preview_import": "changes nothing: what it updates is a checksum",
    "portal.jobs.services.start": "its Job row keeps who started it and how it ended; what a job does is recorded",
    "clearing.services.fetching.begin_fetch": "a part of a service: whoever asks for the rows records it",
    "clearing.services.printing.bring_up_to_date": "a derived table: it says again what rows, tables and prints say",
    "clearing.services.printing_prints.note_printed": "a part of making a paper: whoever makes it records it",
    "injury.services.catalogue_files.used": "a part of a service: whoever takes the file over records it",
    "injury.services.discharge_drafts.begin": "a part of a service: whoever writes the draft records it",
    "injury.services.discharge_drafts.prefilled": "changes nothing: what a new entry begins with",
    "settlement.services.visits.begin_visit": "a part of a service: whoever begins a visit records what was saved",
    "settlement.services.visits.refuse_second": "changes nothing: what it updates is a checksum",
    "portal.access.services.accounts.new_reset_code": "a part of a service: whoever asks for the code records it",
}


@cache
def declarations() -> dict[str, str]:
    """Full name of the constant → name of the action, for every action declared in the code.

    Asked by the tests only: reading all the code takes seconds, which collecting them should not.
    """
    return {
        f"{module.name}.{constant}": text
        for module in modules().values()
        for constant, (called, text) in module.made.items()
        if origin(called) == "portal.audit.registry.Action"
    }


ACTIONS = {action.name: action for action in declared_actions() if not action.name.startswith("test.")}
every_action = pytest.mark.parametrize("name", sorted(ACTIONS))


def test_there_are_actions_to_walk():
    assert set(declarations().values()) == set(ACTIONS)
    assert len(ACTIONS) > 30


@every_action
def test_it_is_declared_in_its_rooms_actions(name):
    constant = next(constant for constant, action in declarations().items() if action == name)
    assert ".actions." in constant


@every_action
def test_it_reads_as_a_chinese_sentence(name):
    action: Action = ACTIONS[name]
    assert CHINESE.search(action.label), "filters show it"
    values = {placeholder: f"〔{placeholder}〕" for placeholder in action.placeholders}
    sentence = action.sentence(values)
    assert CHINESE.search(sentence)
    assert all(value in sentence for value in values.values())
    assert not re.search(r"[{}]", sentence)


@every_action
def test_it_happens_somewhere(name):
    constant = next(constant for constant, action in declarations().items() if action == name)
    assert constant in used(), f"{constant} is declared and never used"


@cache
def used() -> frozenset[str]:
    """Declared constants that some other module refers to (importing one does not count)."""
    found: set[str] = set()
    for module in modules().values():
        here = {origin(use) for use in module.uses} & set(declarations())
        found |= {constant for constant in here if not constant.startswith(f"{module.name}.")}
    return frozenset(found)


# --- services


@cache
def reached(name: str) -> frozenset[str]:
    """Every function of ours that a function may call, itself included; not what the exempt ones call in turn."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in found or (here in UNRECORDED and here != name):
            continue
        found.add(here)
        function = functions().get(here)
        if function is not None:
            waiting += [origin(use) for use in function.uses if origin(use) in functions()]
    return frozenset(found)


@cache
def services() -> list[Function]:
    """Public functions with `by`, in services.py or services/."""
    return [
        function
        for function in functions().values()
        if "services" in function.name.split(".") and function.is_public and "by" in function.arguments
    ]


def changes_something(function: Function) -> bool:
    return any(functions()[name].methods & CHANGES for name in reached(function.name) if name in functions())


def records(function: Function) -> bool:
    return bool(reached(function.name) & RECORDERS)


def test_a_service_that_changes_something_records_it():
    changing = [function for function in services() if changes_something(function)]
    silent = {function.name for function in changing if not records(function)}
    assert silent - UNRECORDED.keys() == set()
    assert UNRECORDED.keys() - silent == set(), "they record now, or change nothing: take them off the list"


def test_there_are_services_to_walk():
    names = {one.name for one in services()}
    assert any(name.startswith("clearing.services.") for name in names)
    assert any(name.startswith("portal.access.services.") for name in names)
    assert set(UNRECORDED) <= names
