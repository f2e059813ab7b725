from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clearing.api.serializers import AGENCY, INSURANCE, YEAR, WideScopeSerializer
from clearing.models import Scope
from clearing.papers import AT_ONCE, TYPES, count_of, file_name, gather, made_paper, make, start_paper
from portal.access.member import Member
from portal.api.views import ApiRequest, ApiView
from portal.web.tables.export import attachment

PARAMETERS = [
    OpenApiParameter("year", int, required=True, description=YEAR),
    OpenApiParameter("insurance", str, required=True, description=INSURANCE),
    OpenApiParameter("agency", str, description=f"{AGENCY}；不填表示全部"),
]


class FileAnswer(Response):
    """A file instead of JSON."""

    def __init__(self, content: bytes, name: str, content_type: str) -> None:
        super().__init__(headers=dict(attachment(b"", name, content_type).items()))
        self.file = content

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override]  # a file has no text
        return self.file


class _Disbursement(ApiView):
    permissions = {"GET": "clearing.papers.make"}
    kind: ClassVar[str]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """The address says which file it is; problems are JSON whatever the caller accepts."""
        return super().perform_content_negotiation(request, force=True)

    def paper(self, scope: Scope, by: Member) -> Response:
        if count_of("disbursement", scope) <= AT_ONCE:
            paper = gather("disbursement", scope, by=by)
            return FileAnswer(make(paper, self.kind, by=by), file_name(paper, self.kind), TYPES[self.kind])
        done = made_paper("disbursement", scope, self.kind)
        if done is None:
            job = start_paper("disbursement", scope, self.kind, by=by)
            here = f"{reverse(f'api:clearing-api:disbursement-{self.kind}')}?{self.request.query_params.urlencode()}"
            body = {"state": job.state, "done": job.done, "total": job.total, "detail": "报表正在生成，请稍后再取"}
            return Response(body, 202, headers={"Location": here, "Retry-After": "5"})
        with default_storage.open(done.result_path) as file:
            return FileAnswer(file.read(), done.result_name, TYPES[self.kind])


class DisbursementPdf(_Disbursement):
    kind = "pdf"

    @extend_schema(
        parameters=PARAMETERS, responses={(200, "application/pdf"): OpenApiTypes.BINARY}, summary="核拨表 PDF"
    )
    def get(self, request: ApiRequest) -> Response:
        return self.paper(WideScopeSerializer(data=request.query_params).scope(request.member), request.member)


class DisbursementXlsx(_Disbursement):
    kind = "xlsx"

    @extend_schema(parameters=PARAMETERS, responses={(200, TYPES["xlsx"]): OpenApiTypes.BINARY}, summary="核拨表 Excel")
    def get(self, request: ApiRequest) -> Response:
        return self.paper(WideScopeSerializer(data=request.query_params).scope(request.member), request.member)
