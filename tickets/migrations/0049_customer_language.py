"""The language of a customer's newest words, in which he is asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0048_said_reasons_of_batches")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="customer_language",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=8),
        ),
    ]
