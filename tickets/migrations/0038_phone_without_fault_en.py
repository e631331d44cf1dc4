from django.db import migrations, models


class Migration(migrations.Migration):
    """The column stays in the database for a worker of the release before; nothing reads it."""

    dependencies = [("tickets", "0037_said")]

    operations = [
        migrations.AlterField("phone", "fault_en", models.TextField(blank=True, default="", db_default="")),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("phone", "fault_en")]),
    ]
