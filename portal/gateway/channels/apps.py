from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "portal.gateway.channels"
    label = "channels"
    verbose_name = "接口通道"

    def ready(self) -> None:
        from portal.gateway.channels import checks  # noqa: F401  registers the start-up check
