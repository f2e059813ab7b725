from django.apps import AppConfig


class InjuryConfig(AppConfig):
    name = "injury"
    verbose_name = "工伤"
