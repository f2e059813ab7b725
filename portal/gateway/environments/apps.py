from django.apps import AppConfig


class EnvironmentsConfig(AppConfig):
    name = "portal.gateway.environments"
    label = "environments"
    verbose_name = "运行环境"

    def ready(self) -> None:
        from portal.gateway.environments import standstill  # noqa: F401  new work asks it first
