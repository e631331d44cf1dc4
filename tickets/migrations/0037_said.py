from typing import Any

from django.db import migrations

import tickets.said


def keep_both_languages(apps: Any, schema_editor: Any) -> None:
    """A phone that is out today keeps its reason in both languages; the next look at it writes the reason anew."""
    phones = apps.get_model("tickets", "Phone")
    for phone in phones.objects.exclude(fault="").exclude(fault_en=""):
        both = tickets.said.Sentence("both", {"zh": phone.fault, "en": phone.fault_en})
        phones.objects.filter(pk=phone.pk).update(fault=tickets.said.Said(phone.fault, both), fault_en="")


FIELDS = (
    ("phone", "fault", {"verbose_name": "故障说明"}),
    ("ticket", "result", {"verbose_name": "处理结果"}),
    ("run", "result", {"verbose_name": "处理结果"}),
    ("run", "waiting_for", {"verbose_name": "等待原因"}),
    ("step", "action_text", {}),
    ("step", "outcome", {"verbose_name": "结果"}),
    ("confirmation", "note", {"verbose_name": "备注"}),
    ("takeover", "reason", {}),
    ("takeover", "summary", {}),
    ("recording", "error", {"verbose_name": "错误"}),
    ("batch", "fault", {}),
    ("rehearsalrun", "note", {}),
    ("fallbackuse", "note", {}),
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0036_phone_checks_and_labels")]

    operations = [
        *(
            migrations.AlterField(model, name, tickets.said.SaidField(blank=True, **words))
            for model, name, words in FIELDS
        ),
        migrations.AlterField("confirmation", "summary", tickets.said.SaidField(verbose_name="摘要")),
        migrations.AlterField("question", "text", tickets.said.SaidField()),
        migrations.RunPython(keep_both_languages, migrations.RunPython.noop),
    ]
