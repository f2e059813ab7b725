from django.apps import AppConfig


class ClearingSandboxConfig(AppConfig):
    """Installed in the sandbox's settings only (portal.gateway.sandbox.settings)."""

    name = "clearing.sandbox"
    label = "clearing_sandbox"
    verbose_name = "沙箱：清算"
