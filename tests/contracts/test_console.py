"""Every declared transaction, of whichever gateway, can be filled in, checked and looked at in the test console."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from portal.gateway.console import texts
from portal.gateway.console.form import Shown, built, drawn, misfits
from portal.gateway.console.services import faults_of, is_wires_own, sample_tree
from portal.gateway.messages import Request, headings, item_of, masked_tree, requests, sample, subject_of, wire_form
from portal.gateway.messages.masks import HIDDEN, declared_name, group_of
from portal.gateway.national.shapes import TableRequest

TRANSACTIONS = [pytest.param(one, id=f"{one.gateway.name}.{one.code}") for one in requests()]
every_transaction = pytest.mark.parametrize("kind", TRANSACTIONS)
#: Of those that are made from tables by the same few lines, the pages are opened for one of each shape: lists inside
#: lists, the deepest, fields at the top, the largest, a file, one that the wire sends by itself.
SHAPES = {"2102A", "3101", "3302", "4401", "9101", "9001"}


def as_posted(items: list[Shown], post: QueryDict) -> QueryDict:
    """What a browser would send of these items."""
    for one in items:
        if one.field.control in ("group", "list"):
            if one.present:
                post.appendlist("has", one.name)
                post[f"count:{one.name}"] = str(len(one.entries))
            as_posted([*one.items, *(inner for entry in one.entries for inner in entry.items)], post)
        else:
            post[f"f:{one.name}"] = one.value
    return post


def leaves(kind: type, tree: object, masked: object) -> list[str]:
    """Names of secret items that are not hidden."""
    if isinstance(tree, list):
        assert isinstance(masked, list)
        return [name for one, other in zip(tree, masked, strict=True) for name in leaves(kind, one, other)]
    if not isinstance(tree, dict):
        return []
    found: list[str] = []
    for name, value in tree.items():
        known = declared_name(kind, name)
        assert known is not None
        assert isinstance(masked, dict)
        if item_of(kind, known).secret:
            found += [name] if value != "" and masked[name] != HIDDEN else []
        elif inner := group_of(kind.model_fields[known].annotation):  # type: ignore[attr-defined]
            found += leaves(inner, value, masked[name])
    return found


@every_transaction
def test_its_samples_are_legal_and_pass_through_form_and_json_unchanged(kind: type[Request]):
    for required_only in (False, True):
        tree = sample_tree(kind, required_only=required_only)
        assert faults_of(kind, tree) == []
        assert misfits(kind, tree) == []
        items, extras = drawn(kind, tree)
        assert extras == []
        again = built(kind, as_posted(items, QueryDict(mutable=True)))
        assert kind.model_validate(again) == kind.model_validate(tree)
        assert texts.read(texts.written(again)) == again


@every_transaction
def test_what_it_hides_is_hidden_wherever_messages_are_shown(kind: type[Request]):
    for record in (kind, kind.reply()):
        tree = texts.read(texts.written(wire_form(sample(record))))
        assert leaves(record, tree, masked_tree(record, tree)) == []


@every_transaction
def test_its_subject_is_no_secret(kind: type[Request]):
    named = [
        name for name in kind.gateway.subjects if (found := declared_name(kind, name)) and item_of(kind, found).secret
    ]
    assert named == []
    assert len(subject_of(sample(kind))) <= 60


def test_every_transaction_opens_in_the_console_as_form_and_as_json(db: None, alice: Client):
    first = alice.get(reverse("gateway:console")).content.decode()
    for one in headings():
        assert f'href="{reverse("gateway:console-edit", args=[one.gateway, one.code])}"' in first
    for kind in requests():
        if issubclass(kind, TableRequest) and kind.code not in SHAPES:
            continue
        where = reverse("gateway:console-edit", args=[kind.gateway.name, kind.code])
        answer = alice.get(where)
        assert answer.status_code == 200, where
        assert ("登录和登出由系统办理" in answer.content.decode()) == is_wires_own(kind)
        work = reverse("gateway:console-work", args=[kind.gateway.name, kind.code])
        answer = alice.post(work, {"mode": "json", "json": texts.written(sample_tree(kind)), "act": "check"})
        assert "校验通过" in answer.content.decode(), where
