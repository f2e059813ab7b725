"""导出、导入配置: no secret ever leaves, nothing unknown comes in, and every change goes the way of all changes."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.gateway import crypto
from portal.gateway.channels.models import ChangeState, Channel, ChannelChange
from portal.gateway.channels.services import ChannelFault
from portal.gateway.environments.services import (
    ForeignFile,
    TransferFault,
    export_settings,
    import_settings,
    preview_import,
)
from portal.gateway.environments.services.transfer import checksum_of
from tests.cast import actions_of
from tests.environments.conftest import KEYS, Ground

FILE = "/environments/export/clearing/test/"


@pytest.fixture
def document(ground: Ground):
    with ground.tx():
        return export_settings(Channel.objects.get(environment="test"), by=ground.dora)


def text_of(document, **changes):
    """The file with changes, and a checksum that fits unless it is given."""
    changed = {**document, **changes}
    return json.dumps({**changed, "checksum": changes.get("checksum") or checksum_of(changed)})


def inside(ground: Ground, act, *args, **more):
    with ground.tx():
        return act(*args, by=ground.dora, **more)


def test_the_file_holds_everything_but_secrets(dora, ground: Ground, hospital_a):
    answer = dora.get(FILE)
    assert answer["Content-Disposition"].startswith("attachment")
    text = answer.content.decode()
    found = json.loads(text)
    assert (found["institution"], found["gateway"], found["environment"]) == (hospital_a.code, "clearing", "test")
    assert found["values"]["app_code"] == "APP0001"
    assert set(found["fingerprints"]) == set(KEYS)
    assert found["checksum"] == checksum_of(found)
    for secret in KEYS.values():
        assert secret not in text
        assert secret.removeprefix("04") not in text
        assert secret[8:40] not in text, "not even a part of it"
    assert "gateway.environment.exported" in actions_of(hospital_a.pk)


def test_the_api_gives_the_same_file(dora, alice, ground: Ground):
    answer = dora.get("/api/v1/environments/exports/clearing/test")
    assert answer.json()["checksum"] == checksum_of(answer.json())
    assert not any(secret in answer.content.decode() for secret in KEYS.values())
    assert alice.get("/api/v1/environments/exports/clearing/test").status_code == 403
    assert dora.get("/api/v1/environments/exports/clearing/moon").status_code == 404


def test_what_was_exported_comes_back_unchanged(ground: Ground, document):
    preview = inside(ground, preview_import, text_of(document))
    assert (preview.differences, preview.notes, preview.is_foreign) == ((), (), False)
    assert inside(ground, import_settings, text_of(document), keys={}, foreign=False) is None


def test_a_difference_is_shown_and_waits_for_a_second_person(ground: Ground, document):
    text = text_of(document, values={**document["values"], "app_code": "APP9", "connect_timeout": 25})
    preview = inside(ground, preview_import, text)
    assert ("appCode（调用方标识）", "APP0001", "APP9") in preview.differences
    change = inside(ground, import_settings, text, keys={}, foreign=False)
    assert change.state == ChangeState.PROPOSED
    with ground.tx():
        assert Channel.objects.get(environment="test").app_code == "APP0001"


def test_keys_are_pasted_beside_the_file_and_never_stand_in_it(ground: Ground, document):
    private, public = crypto.generate()
    keys = {"private_key": private, "public_key": public}
    change = inside(ground, import_settings, text_of(document), keys=keys, foreign=False)
    assert set(change.fields) == {"private_key", "public_key"}
    with pytest.raises(TransferFault, match="不认识的配置项：private_key"):
        inside(ground, preview_import, text_of(document, values={**document["values"], "private_key": private}))


def test_another_institutions_file_must_be_meant_and_brings_no_app_code(ground: Ground, document):
    values = {**document["values"], "app_code": "THEIRS", "connect_timeout": 25}
    text = text_of(document, institution="H99999999999", values=values)
    with pytest.raises(ForeignFile, match="其他机构"):
        inside(ground, import_settings, text, keys={}, foreign=False)
    inside(ground, import_settings, text, keys={}, foreign=True)
    with ground.tx():
        channel = Channel.objects.get(environment="test")
        assert (channel.app_code, channel.connect_timeout) == ("APP0001", 25)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda d: "{", "JSON"),
        (lambda d: "[" * 20000, "JSON"),
        (lambda d: "[]", "不是本系统"),
        (lambda d: json.dumps({**d, "checksum": "0" * 64}), "校验码不符"),
        (lambda d: text_of(d, version=2), "版本"),
        (lambda d: text_of(d, extra=1), "不认识的项目：extra"),
        (lambda d: json.dumps({k: v for k, v in d.items() if k != "values"}), "缺少项目：values"),
        (lambda d: text_of(d, values={**d["values"], "nosuch": 1}), "不认识的配置项：nosuch"),
        (lambda d: text_of(d, values={**d["values"], "id": "x"}), "不认识的配置项：id"),
        (lambda d: text_of(d, values={**d["values"], "base_url": 7}), "内容类型不对"),
        (lambda d: text_of(d, values={**d["values"], "connect_timeout": True}), "内容类型不对"),
        (lambda d: text_of(d, values={**d["values"], "connect_timeout": "NaN"}), "内容类型不对"),
        (lambda d: text_of(d, gateway="nosuch"), "没有名为 nosuch 的接口"),
        (lambda d: text_of(d, environment="moon"), "没有名为 moon 的运行环境"),
        (lambda d: text_of(d, fingerprints={"x": "y"}), "不认识的密钥"),
        (lambda d: "x" * 70000, "过大"),
    ],
)
def test_it_refuses_what_it_did_not_write(ground: Ground, document, spoil, word):
    with pytest.raises(TransferFault, match=word):
        inside(ground, preview_import, spoil(document))


def test_values_are_checked_like_typed_ones(ground: Ground, document):
    text = text_of(document, values={**document["values"], "base_url": "http://evil.example"})
    with pytest.raises(ChannelFault, match="不在允许的名单中"):
        inside(ground, import_settings, text, keys={}, foreign=False)


def test_the_pages_show_first_and_change_then(dora, carol, ground: Ground, document):
    text = text_of(document, values={**document["values"], "connect_timeout": 25})
    upload = {"file": SimpleUploadedFile("a.json", text.encode())}
    shown = dora.post("/environments/import/", upload).content.decode()
    assert "连接等待（秒）" in shown
    with ground.tx():
        assert not ChannelChange.objects.filter(fields=["connect_timeout"]).exists()
    said = dora.post("/environments/import/apply/", {"document": text}, follow=True).content.decode()
    assert "已导入，立即生效" in said
    with ground.tx():
        assert Channel.objects.get(environment="test").connect_timeout == 25
    assert carol.post("/environments/import/apply/", {"document": text}).status_code == 403


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{}", b"x" * 70000])
def test_the_page_answers_odd_files_calmly(dora, ground: Ground, content):
    answer = dora.post("/environments/import/", {"file": SimpleUploadedFile("a.json", content)})
    assert answer.status_code == 200
    assert "notice-error" in answer.content.decode()
