"""What every view of the API is: declared permissions, one institution's door, one effect a call, one error shape."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from portal.access.door import tenant_tx
from portal.access.gate import Gate, asked_for
from portal.access.member import Member
from portal.access.permissions import permission
from portal.access.rows import in_environment
from portal.access.services.keys import offer_to_keys
from portal.api.authentication import KeyOrSession
from portal.api.bulk import refuse_too_many
from portal.api.declared import Declared
from portal.api.idempotency import once
from portal.api.paging import Pages
from portal.api.parsers import StrictJson
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.running import naming_what_runs, refuse_what_ran_before
from portal.api.schema import PortalSchema
from portal.gateway.journal.services import opened_here

#: Says which environment a caller means; on every answer, the one it belongs to.
ENVIRONMENT = "X-Environment"


class ApiRequest(Request):
    """What a handler receives."""

    member: Member


class ApiView(APIView):
    """Base of all views of the API.

    `permissions` names one permission a method. The handler and the rendering of its answer run inside the
    institution's door, and an exception undoes both. Every POST wants an Idempotency-Key and is answered once;
    a POST that only reads says so with `reading_posts`.
    """

    permissions: ClassVar[Mapping[str, str]] = {}
    reading_posts: ClassVar[bool] = False
    #: Members of the answer that are shown once and not kept for a repeated call.
    forgotten: ClassVar[tuple[str, ...]] = ()
    #: Whether its POST understands If-Match (`must_match`), for the schema.
    versioned: ClassVar[bool] = False
    #: Whether its POST only asks the centre, or prints: a second call joins the first, or asks anew. Every other one
    #: that begins work answers a second call with 409 and what runs (portal.api.running).
    only_asks: ClassVar[bool] = False
    #: Members of its POST's body that are lists of rows (portal.api.bulk).
    rows_in: ClassVar[tuple[str, ...]] = ()
    #: Whether these rows are one document (a bill, a message): all of them or none, always.
    of_one_piece: ClassVar[bool] = False
    max_bytes: ClassVar[int] = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    authentication_classes = [KeyOrSession]
    permission_classes = [Declared]
    parser_classes = [StrictJson]
    pagination_class = Pages
    schema = PortalSchema()
    #: Of lists: what the pages are ordered by; must be unique and indexed behind institution_id.
    ordering: ClassVar[str] = "-id"
    #: True only for lists whose rows name their environment and that must show both.
    every_environment: ClassVar[bool] = False

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Also puts the gates where the contract tests look for them; an undeclared name fails here."""
        view: Any = super().as_view(**initkwargs)
        for name in cls.permissions.values():
            offer_to_keys(name)
        view.gates = {
            method: Gate("institution", permission(name), (method,)) for method, name in cls.permissions.items()
        }
        return view

    @property
    def allowed_methods(self) -> list[str]:
        return sorted(self.permissions)

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the call in, read its body, and put the door around its handler."""
        super().initial(request, *args, **kwargs)
        self.agree_on_environment(request)
        self.read(request)
        name = str(request.method).lower()
        handler = getattr(self, name, self.http_method_not_allowed)
        setattr(self, name, partial(self.inside, handler))

    def agree_on_environment(self, request: Request) -> None:
        """Raises Problem when the caller says which environment it means, and the institution works in the other."""
        said, institution = request.headers.get(ENVIRONMENT), cast(Member, request.auth).institution
        if said is not None and institution is not None and said != institution.environment:
            sentence = f"机构现在的运行环境是 {institution.environment}，请求头 {ENVIRONMENT} 是 {said[:20]}，没有办理"
            raise Problem(409, "environment-mismatch", sentence)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Every answer says which environment it belongs to."""
        member = getattr(request, "_auth", None)  # asking `auth` would sign in again, and be refused again
        if isinstance(member, Member) and member.institution is not None:
            response.headers.setdefault(ENVIRONMENT, member.institution.environment)
        row = getattr(response, "data", None)
        if isinstance(row, Mapping) and isinstance(row.get("version"), int):
            response.headers.setdefault("ETag", f'"{row["version"]}"')  # what If-Match takes
        return super().finalize_response(request, response, *args, **kwargs)

    def measure(self, request: Request) -> None:
        """Raises Problem for a body that is too large, packed or of unknown length; nothing of it has been read."""
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            raise Problem(411, "length-required", "请求须带 Content-Length，不接受分块传输")
        if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
            raise Problem(415, "unsupported-media-type", "不接受压缩的请求内容")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not str(length).isdigit() or int(length) > self.max_bytes:
            raise Problem(413, "too-large", f"请求内容最多 {self.max_bytes // 1024} KB，请分批提交")

    def read(self, request: Request) -> None:
        """Raises UnsupportedMediaType or ParseError for a body that is not JSON, Problem for one that is no object."""
        self.measure(request)
        if not isinstance(request.data, Mapping):
            raise Problem(
                422, "invalid", "请求内容须为 JSON 对象", errors=[{"pointer": "", "detail": "须为 JSON 对象"}]
            )
        if "If-Match" in request.headers and request.method == "POST" and not self.versioned:
            raise Problem(400, "no-versions", "这个地址没有版本，不接受请求头 If-Match，没有办理")
        refuse_too_many(request.data, self.rows_in)

    def inside(self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
        act = partial(self.rendered, handler, request, *args, **kwargs)
        with tenant_tx(cast(Member, request.auth).institution_id):
            if request.method == "POST" and not self.reading_posts:
                return self.finished(request, once(request, act, forgotten=self.forgotten))
            return act()

    def rendered(self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
        token, opened = asked_for.set([]), opened_here.set(set())
        try:
            response = handler(request, *args, **kwargs)
            refuse_what_ran_before(response, opened_here.get() or ())
            return self.finished(request, response)
        except Exception as error:
            if (named := naming_what_runs(error, asked_for.get() or [])) is error:
                raise
            raise named from error
        finally:
            asked_for.reset(token)
            opened_here.reset(opened)

    def finished(self, request: Request, response: Response) -> Response:
        """Render inside the door: nothing may be read after it has closed."""
        if response.streaming:
            raise RuntimeError("a view of the API may not stream rows: they would be read outside the door")
        if not response.is_rendered:
            self.finalize_response(request, response)
            response.render()
        return response

    def page(self, rows: QuerySet[Any], serializer: type[BaseSerializer[Any]]) -> Response:
        """One page of rows, in the order of `ordering`: {"items": […], "next": address or null}.

        Rows of tables that know environments are those of the environment that the institution works in.
        """
        institution = cast(Member, self.request.auth).institution
        if institution is not None and not self.every_environment:
            rows = in_environment(rows, institution.environment)
        pages = self.pagination_class()
        pages.ordering = self.ordering
        columns = serializer.columns() if issubclass(serializer, ReadSerializer) else ()
        if columns:
            rows = rows.values(*{*columns, self.ordering.removeprefix("-")})
        shown = pages.paginate_queryset(rows, self.request, view=self)
        context = {"request": self.request, "view": self}
        return pages.get_paginated_response(serializer(shown, many=True, context=context).data)

    def must_match(self, row: Any) -> None:
        """Raises Problem (412) when the caller says with If-Match which version it saw, and the row is another now.

        The row is locked then until the call ends, so that nobody changes it in between. None stands for a row that is
        not there yet, version 0.
        """
        said = self.request.headers.get("If-Match")
        if said is None:
            return
        version = 0 if row is None else type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk).version
        if said.strip() not in ("*", f'"{version}"', f'W/"{version}"'):
            raise Problem(
                412, "version-mismatch", f"这条记录现在是第 {version} 版，与 If-Match 不同，没有做任何修改，请重新读取"
            )

    def accepted(self, address: str, body: Mapping[str, Any]) -> Response:
        """202 for what goes to a gateway: the address is where its outcome will be read."""
        return Response(dict(body), 202, headers={"Location": address, "Retry-After": "2"})
