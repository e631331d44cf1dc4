from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsolesConfig(AppConfig):
    name = "consoles"
    verbose_name = _("控制台")

    def ready(self) -> None:
        from consoles.queue.rows import tickets_of
        from tickets.services.batches import views

        views.read_by(tickets_of)
