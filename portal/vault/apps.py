from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "portal.vault"
    label = "vault"
    verbose_name = "密钥库"

    def ready(self) -> None:
        from portal.vault import checks  # noqa: F401  registers the start-up checks
