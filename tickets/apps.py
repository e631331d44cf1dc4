from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = pgettext_lazy("several", "工单")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tickets import checks, signals  # noqa: F401 - checks register themselves

        signals.connect(self)
