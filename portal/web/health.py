"""Is the process alive, and is it ready to serve: for load balancers, supervisors and `bin/demo`."""

import json
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from portal.access.gate import open_page

#: Once every migration has been seen applied, that cannot change under a running process of this version.
_migrated = False


@open_page(reason="asked by the load balancer; says nothing about data")
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@open_page(reason="asked by the load balancer; says nothing about data")
def readyz(request: HttpRequest) -> HttpResponse:
    """200 "ok", or 503 with one sentence for each part that is not ready."""
    wrong = [sentence for part in PARTS if (sentence := part())]
    body = "\n".join(wrong) or "ok"
    return HttpResponse(body, status=503 if wrong else 200, content_type="text/plain; charset=utf-8")


def database_answers() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            role, unbound = cursor.fetchone() or ("", True)
    except DatabaseError:
        return "数据库无法连接"
    if unbound or role != settings.DATABASE_APP_ROLE:
        return "数据库连接没有使用受限的应用角色"
    return ""


def migrations_are_applied() -> str:
    global _migrated
    if _migrated:
        return ""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "无法读取数据库结构的版本"
    if missing:
        return f"数据库结构尚未更新：还有 {len(missing)} 个变更未执行（bin/manage migrate）"
    _migrated = True
    return ""


def sandbox_is_refused_in_production() -> str:
    return "正式运行中配置了模拟接口地址 SANDBOX_URL" if settings.PRODUCTION and settings.SANDBOX_URL else ""


def master_key_is_readable() -> str:
    try:
        keys = json.loads(settings.MASTER_KEY_FILE.read_text())
        usable = isinstance(keys, dict) and keys and all(len(bytes.fromhex(key)) == 16 for key in keys.values())
    except (OSError, ValueError, TypeError):
        usable = False
    return "" if usable else "主密钥文件无法读取或内容不正确"


PARTS: tuple[Callable[[], str], ...] = (
    database_answers,
    migrations_are_applied,
    sandbox_is_refused_in_production,
    master_key_is_readable,
)
