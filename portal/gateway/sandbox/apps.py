from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SandboxConfig(AppConfig):
    name = "portal.gateway.sandbox"
    label = "sandbox"
    verbose_name = "沙箱"

    def ready(self) -> None:
        from portal.gateway.sandbox import settings
        from portal.gateway.sandbox.tables import grant_tables

        post_migrate.connect(grant_tables)
        # What a business plays is named in the settings, because the portal knows no business (design 1.2).
        for module in settings.SANDBOX_PLAYS:
            import_module(module)
