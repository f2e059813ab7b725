"""What must hold for every declared transaction, of whichever business."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import clearing.messages  # noqa: F401  declares its transactions
from portal.codes import code_list
from portal.gateway.codecs import JsonCodec
from portal.gateway.messages import (
    Record,
    Request,
    gateways,
    item_of,
    json_schema,
    masked,
    request_class,
    requests,
    sample,
    wire_form,
)
from portal.gateway.wire import wire

TRANSACTIONS = [pytest.param(one, id=f"{one.gateway.name}.{one.code}") for one in requests()]
every_transaction = pytest.mark.parametrize("kind", TRANSACTIONS)
CHINESE = re.compile(r"[\u4e00-\u9fff]")

#: Names that the interfaces use for what identifies a person.
PERSONAL = {
    *("psn_name", "certno", "psn_cert_no", "tel", "mob", "addr", "card_sn", "ecToken", "psn_no", "coner_name"),
    *("aac002", "aac003", "aae005", "brdy", "password", "fixmedins_token"),
}


def groups(kind: type[Request[Any]]) -> Iterator[type[BaseModel]]:
    """The request, its reply, and every group inside them."""
    waiting: list[Any] = [kind, kind.reply()]
    seen: set[Any] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            if one not in seen:
                seen.add(one)
                yield one
                waiting += [info.annotation for info in one.model_fields.values()]
        else:
            waiting += get_args(one)


def test_there_are_transactions_to_walk():
    assert {one.name for one in gateways()} == {one.gateway.name for one in requests()}
    assert len(requests()) >= 13


@every_transaction
def test_it_has_a_chinese_title_and_cites_its_clause(kind):
    assert CHINESE.search(kind.title)
    assert kind.__doc__, "the docstring says what it does"
    assert re.search(r"\d\.\d", kind.__doc__), "and where the specification says so"
    assert wire(kind.gateway.wire) is not None


@every_transaction
def test_every_item_has_a_chinese_label(kind):
    for group in groups(kind):
        for name in group.model_fields:
            assert CHINESE.search(item_of(group, name).label), f"{group.__name__}.{name}"


@every_transaction
def test_every_text_and_list_of_a_request_is_bounded(kind):
    schema = json_schema(kind)
    for group in (schema, *schema.get("$defs", {}).values()):
        for name, found in group.get("properties", {}).items():
            for one in (found, *found.get("anyOf", ()), found.get("items", {})):
                if one.get("type") == "string":
                    bounds = {"maxLength", "pattern", "enum", "const", "format", "max_digits"}
                    assert bounds & (one.keys() | found.keys()), name
                if one.get("type") == "array":
                    assert "maxItems" in (one.keys() | found.keys()), name


@every_transaction
def test_every_text_of_a_reply_states_its_size(kind):
    for group in groups(kind):
        for name, info in group.model_fields.items():
            if str in (info.annotation, *get_args(info.annotation)) and info.annotation != list[str]:
                marks = {type(mark).__name__ for mark in info.metadata}
                assert marks & {"MaxLen", "StringConstraints", "_PydanticGeneralMetadata"}, f"{group.__name__}.{name}"


@every_transaction
def test_every_code_list_exists(kind):
    for group in groups(kind):
        for name in group.model_fields:
            if codes := item_of(group, name).codes:
                assert len(code_list(codes)), codes


@every_transaction
@pytest.mark.parametrize("amounts", ["text", "number"])
def test_samples_of_request_and_reply_survive_the_wire(kind, amounts):
    codec = JsonCodec(amounts=amounts)
    for declared in (kind, kind.reply()):
        for number in range(5):
            made = sample(declared, number)
            assert declared.model_validate(codec.unpack(codec.pack(wire_form(made)))) == made


@every_transaction
def test_what_names_a_person_is_declared_secret(kind):
    for group in groups(kind):
        for name in group.model_fields:
            declared = item_of(group, name)
            if declared.wire in PERSONAL or declared.name in PERSONAL:
                assert declared.secret, f"{group.__name__}.{name}"


@every_transaction
def test_secrets_do_not_survive_masking(kind):
    for group in groups(kind):
        secrets = {name: "Sëcret" for name in group.model_fields if item_of(group, name).secret}
        made = sample(group).model_copy(update=secrets)
        assert "Sëcret" not in json.dumps(masked(made), default=str, ensure_ascii=False)
        for name in secrets:
            assert masked(made)[item_of(group, name).wire] == "***"


@every_transaction
def test_a_changing_transaction_says_how_it_is_checked_or_taken_back(kind):
    if kind.safe:
        assert not kind.undo, "a query has nothing to take back"
        return
    assert kind.undo or kind.check or kind.replaces, "or that sending it once more does no harm"
    assert kind.quiet > 0
    if kind.check:
        assert request_class(kind.gateway, kind.check).safe, "what it is checked with must be a query"
    if kind.undo:
        assert not request_class(kind.gateway, kind.undo).safe


@every_transaction
def test_requests_are_strict_and_replies_lenient(kind):
    assert kind.model_config["extra"] == "forbid"
    assert kind.model_config["frozen"]
    assert issubclass(kind.reply(), Record)
    assert kind.reply().model_config["extra"] == "allow"


@pytest.mark.parametrize("gateway", [pytest.param(one, id=one.name) for one in gateways()])
def test_every_definite_refusal_is_explained_and_belongs_to_a_transaction(gateway):
    for refusal in gateway.refusals.values():
        assert CHINESE.search(refusal.sentence)
        assert CHINESE.search(refusal.next_step)
        assert refusal.clause, refusal.code
        for code in refusal.transactions:
            assert request_class(gateway, code), refusal.code
