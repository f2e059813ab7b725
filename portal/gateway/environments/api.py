"""运行环境 for hospital systems: where the institution works now, and a channel's settings as a file without keys."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.models.institution import Environment
from portal.api.views import ApiRequest, ApiView
from portal.gateway.environments.services import export_settings
from portal.gateway.environments.services.switching import open_switch
from portal.gateway.environments.views.settings_file import find_channel


class EnvironmentSerializer(serializers.Serializer[object]):
    """`is_switching`: new business is refused (409) until it is over."""

    environment = serializers.ChoiceField(choices=Environment.choices, help_text="机构现在的运行环境")
    title = serializers.CharField(help_text="运行环境的中文名称")
    is_switching = serializers.BooleanField(help_text="正在切换：期间不能办理新的业务")


class SettingsFileSerializer(serializers.Serializer[object]):
    format = serializers.CharField()
    version = serializers.IntegerField()
    exported_at = serializers.CharField()
    institution = serializers.CharField(help_text="定点机构编号")
    gateway = serializers.CharField()
    environment = serializers.CharField()
    values = serializers.DictField(help_text="配置项，不含任何密钥")
    fingerprints = serializers.DictField(child=serializers.CharField(), help_text="各密钥的指纹")
    key_set_at = serializers.CharField(allow_null=True)
    checksum = serializers.CharField(help_text="其余内容的 SM3 摘要")


class OwnEnvironment(ApiView):
    permissions = {"GET": "portal.use"}

    @extend_schema(responses=EnvironmentSerializer, summary="机构现在的运行环境")
    def get(self, request: ApiRequest) -> Response:
        assert request.member.institution
        here, switch = request.member.institution.environment, open_switch()
        answer = {
            "environment": here,
            "title": Environment(here).label,
            "is_switching": switch is not None and switch.is_draining,
        }
        return Response(answer)


class SettingsFile(ApiView):
    permissions = {"GET": "gateway.environment.export"}

    @extend_schema(responses=SettingsFileSerializer, summary="导出系统配置（不含密钥）")
    def get(self, request: ApiRequest, gateway: str, environment: str) -> Response:
        return Response(export_settings(find_channel(gateway, environment), by=request.member))
