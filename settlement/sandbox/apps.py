from django.apps import AppConfig


class SettlementSandboxConfig(AppConfig):
    """Installed in the sandbox's settings only (portal.gateway.sandbox.settings)."""

    name = "settlement.sandbox"
    label = "settlement_sandbox"
    verbose_name = "沙箱：结算"
