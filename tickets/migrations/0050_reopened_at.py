"""When a ticket last came back after its end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0049_customer_language")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="reopened_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("reopened_at__isnull", False)), fields=["reopened_at"], name="ticket_reopened"
            ),
        ),
    ]
