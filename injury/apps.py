from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InjuryConfig(AppConfig):
    name = "injury"
    verbose_name = "工伤"

    def ready(self) -> None:
        from injury.services.error_codes import keep_error_codes

        post_migrate.connect(keep_error_codes, sender=self, dispatch_uid="injury.error_codes")
