from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
    verbose_name = "医保结算门户"

    def ready(self) -> None:
        from portal import checks  # noqa: F401  registers the start-up checks

        # Declarations register themselves when imported; an unknown name then fails at start, not at use.
        for room in (
            "permissions",
            "actions",
            "messages",
            "services",
            "ledger",
            "tasks",
            "papers",
            "navigation",
            "dashboard",
            "help",
        ):
            autodiscover_modules(room)
