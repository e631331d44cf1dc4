"""Writes on each ticket the flow of its newest run, as the start of a run does from now on."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

_SERVING = ("customer", "schedule")


def fill(apps, schema_editor):
    runs = apps.get_model("tickets", "Run").objects.filter(ticket=OuterRef("pk"), purpose__in=_SERVING)
    flow = runs.order_by("-created_at").values("flow_version__template")[:1]
    tickets = apps.get_model("tickets", "Ticket").objects.filter(runs__purpose__in=_SERVING)
    apps.get_model("tickets", "Ticket").objects.filter(pk__in=tickets.values("pk")).update(handling=Subquery(flow))


class Migration(migrations.Migration):
    dependencies = [("tickets", "0039_flow_of_a_ticket")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
