from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = _("接入")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tickets.services.outbox import carriers
        from tickets.services.panels import entries

        carriers.announce("webhook", "integrations.webhooks.carrier.WebhookCarrier")
        carriers.announce("connector", "integrations.writeback.carrier.ConnectorCarrier")
        entries.announce("integrations.connectors.entries.entry_of")
