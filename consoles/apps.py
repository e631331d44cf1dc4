from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from tickets.models import Ticket


class ConsolesConfig(AppConfig):
    name = "consoles"
    verbose_name = _("控制台")

    def ready(self) -> None:
        from tickets.services.batches import views

        views.read_by(_tickets_of_a_view)


def _tickets_of_a_view(user: Any, query: str, most: int) -> "Sequence[Ticket]":
    """The queue's reader is imported on first use, as most commands never list tickets."""
    from consoles.queue.rows import tickets_of

    return tickets_of(user, query, most)
