from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = _("接入")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from integrations.connectors import kinds
        from integrations.webhooks.carrier import WebhookCarrier
        from integrations.writeback.carrier import ConnectorCarrier
        from tickets.services.outbox import carriers

        carriers.register(WebhookCarrier())
        carriers.register(ConnectorCarrier())
        kinds.load_all()
