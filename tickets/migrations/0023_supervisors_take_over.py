"""Supervisors may take a phone over: granted once, so that an administrator who takes it away again is obeyed."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def grant(apps: Any, schema_editor: Any) -> None:
    """Nothing on a new database: its groups are made complete after the migrations."""
    alias = schema_editor.connection.alias
    group = apps.get_model("auth", "Group").objects.using(alias).filter(name="supervisor").first()
    row = apps.get_model("auth", "Permission").objects.using(alias).filter(codename="take_over").first()
    if group is not None and row is not None:
        group.permissions.add(row)


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0022_helpdesk_buttons"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
