"""Why a ticket of a batch was not started, in the reader's language; texts of before stay as they are."""

from django.db import migrations

import tickets.said


class Migration(migrations.Migration):
    dependencies = [("tickets", "0047_confirmation_commits")]

    operations = [
        migrations.AlterField(model_name="batchitem", name="note", field=tickets.said.SaidField(blank=True)),
    ]
