import json

import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from portal.web import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_migrations(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_it_is_alive():
    assert Client().get("/healthz").content == b"ok"


def test_it_is_ready():
    response = Client().get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_it_says_each_part_that_is_not_ready(settings, tmp_path):
    settings.MASTER_KEY_FILE = tmp_path / "none.json"
    settings.PRODUCTION, settings.SANDBOX_URL = True, "http://127.0.0.1:9"
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.content.decode().splitlines() == [
        "正式运行中配置了模拟接口地址 SANDBOX_URL",
        "主密钥文件无法读取或内容不正确",
    ]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"1": "abc"}', '{"1": 5}'])
def test_it_does_not_trust_any_master_key_file(settings, tmp_path, content):
    settings.MASTER_KEY_FILE = tmp_path / "master_key.json"
    settings.MASTER_KEY_FILE.write_text(content)
    assert health.master_key_is_readable()
    settings.MASTER_KEY_FILE.write_text(json.dumps({"1": "0" * 32}))
    assert not health.master_key_is_readable()


def test_it_says_that_the_database_is_away(monkeypatch):
    def away():
        raise OperationalError("no route")

    monkeypatch.setattr(connection, "cursor", away)
    assert health.database_answers() == "数据库无法连接"


def test_it_says_that_migrations_are_missing(monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])
    assert "还有 2 个变更未执行" in health.migrations_are_applied()


def test_it_refuses_to_run_as_somebody_else(settings):
    settings.DATABASE_APP_ROLE = "another"
    assert health.database_answers() == "数据库连接没有使用受限的应用角色"
