"""What a ticket is called elsewhere."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket.tickets import Ticket


class ExternalRef(models.Model):
    """The ticket's id at one connector. One ticket may be known to several; of one connector an id means one ticket.

    `url`: its page there, for people. `facts`: what the helpdesk said of it last (customer, queue, status, tags …), as
    pairs of a name and a text.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="refs")
    connector = models.CharField(_("连接器"), max_length=40)
    external_id = models.CharField(_("外部编号"), max_length=120, db_index=True)
    number = models.CharField(max_length=120, blank=True, default="", db_default="")  # how people there call it
    url = models.CharField(max_length=500, blank=True, default="", db_default="")
    facts = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["connector", "external_id"], name="one_ticket_per_external_ref"),
            models.UniqueConstraint(fields=["ticket", "connector"], name="one_external_ref_per_connector"),
        ]
        verbose_name = _("外部编号")
        verbose_name_plural = _("外部编号")

    def __str__(self) -> str:
        return f"{self.connector}:{self.external_id}"
