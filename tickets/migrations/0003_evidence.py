"""Sealed columns and their keys, legal holds, an index for each look-up, triggers that let expired events go."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tickets.models.record import audit_triggers


def renew_triggers(apps, schema_editor):
    audit_triggers.remove(schema_editor.connection)
    audit_triggers.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0002_audit_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ticket_no", models.CharField(max_length=32, unique=True)),
                ("key", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("destroyed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "法律保留",
                "verbose_name_plural": "法律保留",
            },
        ),
        migrations.RenameIndex(
            model_name="auditevent",
            new_name="audit_by_ticket",
            old_name="tickets_aud_ticket__35bc93_idx",
        ),
        migrations.RenameIndex(
            model_name="auditevent",
            new_name="audit_by_device",
            old_name="tickets_aud_device__0f8c96_idx",
        ),
        migrations.AddField(
            model_name="auditevent",
            name="sealed",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="at",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="department_id",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="run_id",
            field=models.CharField(blank=True, max_length=36),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="ticket_no",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="type",
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name="recording",
            name="state",
            field=models.CharField(
                choices=[
                    ("recording", "录制中"),
                    ("encoding", "生成中"),
                    ("ready", "可回放"),
                    ("failed", "失败"),
                    ("deleted", "已按期删除"),
                ],
                default="recording",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="customer_mobile",
            field=models.CharField(blank=True, db_index=True, max_length=20, verbose_name="手机号"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="customer_name",
            field=models.CharField(blank=True, db_index=True, max_length=80, verbose_name="客户"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["run_id", "seq"], name="audit_by_run"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["user_name", "seq"], name="audit_by_user"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["type", "seq"], name="audit_by_type"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["department_id", "seq"], name="audit_by_department"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["at", "seq"], name="audit_by_time"),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="placed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="ticket",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="legal_hold", to="tickets.ticket"
            ),
        ),
        migrations.RunPython(renew_triggers, migrations.RunPython.noop),
    ]
