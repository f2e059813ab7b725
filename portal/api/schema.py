"""How the API describes itself: keys, idempotency and problems are the same everywhere, so they are written once."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from portal.access.models.institution import Environment
from portal.api.bulk import WORDS

PROBLEM = {
    "type": "object",
    "description": "任何错误的统一格式（RFC 9457）",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "title": {"type": "string", "example": "内容不符合要求"},
        "status": {"type": "integer", "example": 422},
        "detail": {"type": "string", "description": "给人看的说明"},
        "code": {"type": "string", "description": "给程序判断的代码", "example": "invalid"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer", "example": "/rows/0/year"},
                    "detail": {"type": "string"},
                },
            },
        },
        "operation": {
            "type": "string",
            "description": "409 already-running 时：正在办理的接口业务的地址，结果在那里查询",
        },
        "operation_id": {"type": "string", "description": "409 already-running 时：正在办理的接口业务的编号"},
        "job": {"type": "string", "description": "409 already-running 而没有接口业务时：正在进行的后台任务的地址"},
        "job_id": {"type": "string", "description": "409 already-running 而没有接口业务时：正在进行的后台任务的编号"},
        "request_id": {"type": "string", "description": "请求编号，报告问题时提供"},
    },
}

#: Of calls that change nothing at the centre.
JOINS = "不改变医保中心的数据：同样的请求正在进行时，另一个 Idempotency-Key 接着等待同一次或另问一次，不回应 409。"

#: As `portal.api.idempotency.key_of` accepts it.
KEY = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$", "example": "HIS-20260101-000123"}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "portal.api.authentication.KeyOrSession"
    name = ["apiKey", "session"]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        key = {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "机构管理员在“系统配置 → 接口密钥”中创建，写作 `Api-Key 密钥`",
        }
        session = {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "网页登录的会话"}
        return [key, session]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        return [{"apiKey": []}, {"session": []}]  # either, not both


class PortalSchema(AutoSchema):
    """Adds the Idempotency-Key to every POST that changes something, and the problem to every operation."""

    def get_override_parameters(self) -> list[Any]:
        environment = "与机构现在的运行环境不同时不办理（409 environment-mismatch）；可不带"
        meant = OpenApiParameter(
            "X-Environment", str, OpenApiParameter.HEADER, enum=Environment.values, description=environment
        )
        if self.method != "POST" or getattr(self.view, "reading_posts", False):
            return [meant]
        words = "每笔业务一个，重试时不变；180 天内重复提交返回第一次的结果"
        key = OpenApiParameter("Idempotency-Key", KEY, OpenApiParameter.HEADER, required=True, description=words)
        if getattr(self.view, "versioned", False):
            seen = "所依据的版本（GET 回应的 ETag）；记录已是另一版时回应 412，没有做任何修改"
            return [key, OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=seen), meant]
        return [key, meant]

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular calls it
        """What `extend_schema` says takes its place; docstrings of views are for those who change them."""
        return ""

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        """Reconciliation speaks of runs, months and decisions like the businesses it compares: its names say whose."""
        name = str(super()._get_serializer_name(serializer, direction, bypass_extensions))
        inner = getattr(serializer, "child", serializer)
        prefix = {"reconciliation": "Reconciliation"}.get(type(inner).__module__.partition(".")[0], "")
        return name if not prefix or name.startswith(prefix) else f"{prefix}{name}"

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            component = ResolvedComponent(  # type: ignore[no-untyped-call]
                "Problem", ResolvedComponent.SCHEMA, PROBLEM, "Problem"
            )
            self.registry.register_on_missing(component)
            content = {"application/problem+json": {"schema": component.ref}}
            by_row = getattr(self.view, "rows_in", ()) and not getattr(self.view, "of_one_piece", False)
            if self.method == "POST":
                more = [WORDS if by_row else "", JOINS if getattr(self.view, "only_asks", False) else ""]
                if said := "\n\n".join(part for part in (operation.get("description", ""), *more) if part):
                    operation["description"] = said
            operation["responses"].setdefault("default", {"description": "错误", "content": content})
        return operation
