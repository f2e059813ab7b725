from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clearing.api.serializers import AGENCY, INSURANCE, YEAR, PaperSerializer
from clearing.models import Scope
from clearing.papers import AT_ONCE, KINDS, TYPES, count_of, file_name, gather, made_paper, make, start_paper
from portal.access.member import Member
from portal.api.views import ApiRequest, ApiView
from portal.web.tables.export import attachment

PARAMETERS = [
    OpenApiParameter("year", int, required=True, description=YEAR),
    OpenApiParameter("insurance", str, required=True, description=INSURANCE),
    OpenApiParameter("agency", str, description=f"{AGENCY}；不填表示全部"),
    OpenApiParameter("provider", str, description="医疗机构编号，多个用逗号分开，最多 50 个；不填表示全部机构"),
]
#: Addresses below papers/.
ADDRESSES = {
    "disbursement": "disbursement",
    "cross_region": "cross-region-refunds",
    "maternity": "maternity-refunds",
    "primary": "primary-refunds",
}


class FileAnswer(Response):
    """A file instead of JSON."""

    def __init__(self, content: bytes, name: str, content_type: str) -> None:
        super().__init__(headers=dict(attachment(b"", name, content_type).items()))
        self.file = content

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override]  # a file has no text
        return self.file


class PaperFile(ApiView):
    """One of the papers in one format; 202 while a long one is being made."""

    permissions = {"GET": "clearing.papers.make"}
    kind: ClassVar[str]
    fmt: ClassVar[str]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """The address says which file it is; problems are JSON whatever the caller accepts."""
        return super().perform_content_negotiation(request, force=True)

    def paper(self, request: ApiRequest) -> Response:
        asked = PaperSerializer(data=request.query_params)
        scope, by = asked.scope(request.member), request.member
        providers = asked.validated_data["provider"]
        if count_of(self.kind, scope, providers=providers) > AT_ONCE:
            return self.long(scope, providers, by)
        paper = gather(self.kind, scope, by=by, providers=providers)
        return FileAnswer(make(paper, self.fmt, by=by), file_name(paper, self.fmt), TYPES[self.fmt])

    def long(self, scope: Scope, providers: tuple[str, ...], by: Member) -> Response:
        done = made_paper(self.kind, scope, self.fmt, providers=providers)
        if done is None:
            job = start_paper(self.kind, scope, self.fmt, by=by, providers=providers)
            address = reverse(f"api:clearing-api:{ADDRESSES[self.kind]}-{self.fmt}")
            here = f"{address}?{self.request.query_params.urlencode()}"
            body = {"state": job.state, "done": job.done, "total": job.total, "detail": "报表正在生成，请稍后再取"}
            return Response(body, 202, headers={"Location": here, "Retry-After": "5"})
        with default_storage.open(done.result_path) as file:
            return FileAnswer(file.read(), done.result_name, TYPES[self.fmt])


def paper_view(kind: str, fmt: str) -> type[PaperFile]:
    """The view of one paper in one format."""
    title = KINDS[kind].title
    parameters = [one for one in PARAMETERS if KINDS[kind].by_agency or one.name != "agency"]

    class File(PaperFile):
        @extend_schema(
            parameters=parameters,
            responses={(200, TYPES[fmt]): OpenApiTypes.BINARY, 202: OpenApiTypes.OBJECT},
            summary=f"{title} {'PDF' if fmt == 'pdf' else 'Excel'}",
            description=f"超过 {AT_ONCE} 条的报表在后台生成：先答 202，稍后用同一地址再取。",
        )
        def get(self, request: ApiRequest) -> Response:
            return self.paper(request)

    File.kind, File.fmt = kind, fmt
    File.__name__ = File.__qualname__ = f"{kind.title().replace('_', '')}{fmt.title()}"
    return File
