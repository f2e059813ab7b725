from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    name = "portal.access"
    label = "access"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        from portal.access.walls import lower_for_owner, raise_walls

        pre_migrate.connect(lower_for_owner, sender=self, dispatch_uid="portal.access.walls")
        # post_migrate fires after every migration of every app has run; once, for this app, is enough.
        post_migrate.connect(raise_walls, sender=self, dispatch_uid="portal.access.walls")
