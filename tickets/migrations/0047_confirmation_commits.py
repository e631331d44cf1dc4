"""Whether a confirmation is about an act that is known to be irreversible, or one that is only not proven harmless."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0046_defaults_for_the_release_before")]

    operations = [
        migrations.AddField(
            model_name="confirmation",
            name="commits",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
