from django.apps import AppConfig


class InjurySandboxConfig(AppConfig):
    """Installed in the sandbox's settings only (portal.gateway.sandbox.settings)."""

    name = "injury.sandbox"
    label = "injury_sandbox"
    verbose_name = "沙箱：工伤"
