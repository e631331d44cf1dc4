"""Tests of phones; and what the fields are called that the back office shows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

NAMES = {
    "run": {
        "ticket": "工单",
        "flow_version": "流程版本",
        "phone": "手机",
        "status": "状态",
        "instruction": "指令",
        "started_by": "启动人",
        "created_at": "创建时间",
        "started_at": "开始时间",
        "ended_at": "结束时间",
        "result": "处理结果",
        "waiting_for": "等待原因",
    },
    "step": {
        "run": "处理记录",
        "number": "序号",
        "actor": "执行者",
        "user": "坐席",
        "thought": "想法",
        "app": "应用",
        "outcome": "结果",
        "confidence": "置信度",
        "started_at": "开始时间",
        "ended_at": "结束时间",
    },
    "confirmation": {
        "run": "处理记录",
        "step_number": "步骤",
        "state": "状态",
        "summary": "摘要",
        "created_at": "请求时间",
        "due_at": "截止时间",
        "decided_by": "决定人",
        "decided_at": "决定时间",
        "note": "备注",
        "approvals_needed": "需要几人同意",
        "first_approved_by": "第一人",
        "first_approved_at": "第一人同意时间",
    },
    "recording": {
        "run": "处理记录",
        "state": "状态",
        "sha256": "SHA-256",
        "error": "错误",
        "created_at": "创建时间",
    },
    "auditevent": {
        "seq": "序号",
        "at": "时间",
        "type": "操作",
        "user_name": "操作人",
        "user_role": "角色",
        "on_behalf_of": "客户",
        "ticket_no": "工单号",
        "device_id": "手机",
        "instruction": "指令",
        "result": "结果",
    },
    "flowtemplate": {
        "slug": "代号",
    },
    "flowversion": {
        "template": "流程模板",
        "number": "版本",
        "created_by": "创建人",
        "created_at": "创建时间",
    },
    "ticket": {
        "assignee": "负责人",
        "created_by": "创建人",
        "solved_at": "解决时间",
        "channel": "渠道",
    },
}


class NameFields(Operation):
    """Changes nothing but names. An AlterField for each would build the models of all migrations anew each time."""

    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label, state):
        for model, names in NAMES.items():
            fields = state.models[app_label, model].fields
            for name, words in names.items():
                _name, _path, args, kwargs = fields[name].deconstruct()
                fields[name] = type(fields[name])(*args, **{**kwargs, "verbose_name": words})

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass

    def describe(self):
        return "Name fields"


class Migration(migrations.Migration):

    dependencies = [
        ("tickets", "0035_trials"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        NameFields(),
        migrations.CreateModel(
            name='PhoneCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('began_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('touched', models.BooleanField(default=False)),
                ('usable', models.BooleanField(blank=True, null=True)),
                ('findings', models.JSONField(blank=True, default=list)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('phone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='tickets.phone')),
            ],
            options={
                'verbose_name': '手机测试',
                'verbose_name_plural': '手机测试',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('phone',), name='one_open_phone_check')],
            },
        ),
    ]
