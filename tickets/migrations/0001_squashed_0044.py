"""Everything at once for a new database; a database of an earlier release goes the way of the migrations replaced."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import tickets.models.ticket.tickets
import tickets.said
import uuid
from django.conf import settings
from django.db import migrations, models

from tickets.models.record import audit_triggers


def install(apps, schema_editor):
    audit_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    audit_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    replaces = [
        ("tickets", "0001_initial"),
        ("tickets", "0002_audit_triggers"),
        ("tickets", "0003_evidence"),
        ("tickets", "0004_runner_durability"),
        ("tickets", "0005_audit_base_manager"),
        ("tickets", "0006_audit_by_type_and_department"),
        ("tickets", "0007_api_tokens"),
        ("tickets", "0008_confirmation_control"),
        ("tickets", "0009_step_control"),
        ("tickets", "0010_phone_fault_en"),
        ("tickets", "0011_outbox_secrets_refs"),
        ("tickets", "0012_flow_life"),
        ("tickets", "0013_action_values"),
        ("tickets", "0014_slot_from_record"),
        ("tickets", "0015_recording_encodes_counted"),
        ("tickets", "0016_tokens_and_comments"),
        ("tickets", "0017_routes"),
        ("tickets", "0018_language_models"),
        ("tickets", "0019_rehearsals"),
        ("tickets", "0020_control_vouches"),
        ("tickets", "0021_operators_desk"),
        ("tickets", "0022_helpdesk_buttons"),
        ("tickets", "0023_supervisors_take_over"),
        ("tickets", "0024_external_ref_facts"),
        ("tickets", "0025_reply_send_by"),
        ("tickets", "0026_queue_and_desk"),
        ("tickets", "0027_lessons"),
        ("tickets", "0028_run_indexes"),
        ("tickets", "0029_shared_phones"),
        ("tickets", "0030_clarifications"),
        ("tickets", "0031_names_of_the_record"),
        ("tickets", "0032_batches"),
        ("tickets", "0033_fall_backs"),
        ("tickets", "0034_shadow_scores"),
        ("tickets", "0035_trials"),
        ("tickets", "0036_phone_checks_and_labels"),
        ("tickets", "0037_said"),
        ("tickets", "0038_phone_without_fault_en"),
        ("tickets", "0039_flow_of_a_ticket"),
        ("tickets", "0040_flow_of_past_tickets"),
        ("tickets", "0041_last_answer_as_codes"),
        ("tickets", "0042_model_prices"),
        ("tickets", "0043_confirmation_near"),
        ("tickets", "0044_flow_description_en"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
        ),
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
            name="DeliveryLane",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("claim", models.PositiveBigIntegerField(default=0)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("rest_until", models.DateTimeField(blank=True, null=True)),
                ("failures_in_a_row", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="FlowTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="代号")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="英文名称")),
                ("description", models.TextField(blank=True, verbose_name="说明")),
                ("description_en", models.TextField(blank=True, db_default="", default="", verbose_name="英文说明")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "verbose_name": "流程模板",
                "verbose_name_plural": "流程模板",
            },
        ),
        migrations.CreateModel(
            name="LanguageModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="名称")),
                ("family", models.CharField(max_length=20, verbose_name="模型家族")),
                ("base_url", models.CharField(max_length=500, verbose_name="接口地址")),
                ("model", models.CharField(max_length=200, verbose_name="模型名")),
                ("local", models.BooleanField(default=False, verbose_name="在公司自己的机器上")),
                ("coordinates", models.CharField(blank=True, max_length=12, verbose_name="坐标含义")),
                ("max_pixels", models.PositiveIntegerField(blank=True, null=True, verbose_name="图片像素上限")),
                ("max_tokens", models.PositiveIntegerField(blank=True, null=True, verbose_name="回答 token 上限")),
                (
                    "price_sent",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=9, null=True, verbose_name="输入单价(元/百万 token)"
                    ),
                ),
                (
                    "price_received",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=9, null=True, verbose_name="输出单价(元/百万 token)"
                    ),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="检查时间")),
                ("usable", models.BooleanField(null=True, verbose_name="可用")),
                ("report", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "模型",
                "verbose_name_plural": "模型",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="用途")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField(default=list)),
                ("networks", models.JSONField(blank=True, default=list)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_from", models.CharField(blank=True, max_length=45)),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("lang", models.CharField(default="zh", max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "进行中"),
                            ("paused", "已暂停"),
                            ("stopped", "已停止"),
                            ("finished", "已完成"),
                        ],
                        db_index=True,
                        default="active",
                        max_length=10,
                    ),
                ),
                ("share", models.PositiveSmallIntegerField(default=1)),
                ("view_name", models.CharField(blank=True, max_length=40)),
                ("view_query", models.CharField(blank=True, max_length=500)),
                ("cron", models.CharField(blank=True, max_length=100)),
                ("time_zone", models.CharField(max_length=64)),
                ("opens", models.TimeField(blank=True, null=True)),
                ("closes", models.TimeField(blank=True, null=True)),
                ("days", models.CharField(default="1234567", max_length=7)),
                (
                    "catch_up",
                    models.CharField(
                        choices=[("skip", "不补"), ("once", "补一轮"), ("all", "逐轮补,有上限")],
                        default="once",
                        max_length=6,
                    ),
                ),
                ("most_rounds", models.PositiveSmallIntegerField(default=1)),
                ("next_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("missed", models.PositiveIntegerField(default=0)),
                ("fault", tickets.said.SaidField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="batches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="tickets.flowtemplate"
                    ),
                ),
            ],
            options={
                "verbose_name": "批量处理",
                "verbose_name_plural": "批量处理",
            },
        ),
        migrations.CreateModel(
            name="BatchRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("due_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rounds", to="tickets.batch"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("batch", "number"), name="one_round_per_number")],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="备注")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "备注",
                "verbose_name_plural": "备注",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("step_number", models.PositiveIntegerField(verbose_name="步骤")),
                ("kind", models.CharField(default="action", max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "待确认"),
                            ("approved", "已同意"),
                            ("rejected", "已拒绝"),
                            ("corrected", "已更正"),
                            ("voided", "已作废"),
                            ("expired", "已过期"),
                        ],
                        db_index=True,
                        default="pending",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("summary", tickets.said.SaidField(verbose_name="摘要")),
                ("action_text", models.TextField()),
                ("action", models.JSONField(blank=True, null=True)),
                ("control", models.CharField(blank=True, max_length=200)),
                ("near", models.CharField(blank=True, db_default="", default="", max_length=60)),
                ("action_digest", models.CharField(max_length=64)),
                ("fingerprint", models.CharField(max_length=128)),
                ("fields", models.JSONField(default=list)),
                ("reasons", models.JSONField(default=list)),
                ("place", models.JSONField(blank=True, null=True)),
                ("screenshot", models.CharField(blank=True, max_length=200)),
                ("screenshot_width", models.PositiveIntegerField(default=0)),
                ("screenshot_height", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="请求时间")),
                ("due_at", models.DateTimeField(db_index=True, verbose_name="截止时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="决定时间")),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("note", tickets.said.SaidField(blank=True, verbose_name="备注")),
                ("approvals_needed", models.PositiveSmallIntegerField(default=1, verbose_name="需要几人同意")),
                ("first_approved_at", models.DateTimeField(blank=True, null=True, verbose_name="第一人同意时间")),
                ("idempotency_key", models.CharField(blank=True, max_length=80)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("escalated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
                    ),
                ),
                (
                    "first_approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="第一人",
                    ),
                ),
            ],
            options={
                "verbose_name": "确认记录",
                "verbose_name_plural": "确认记录",
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="名称")),
                (
                    "members",
                    models.ManyToManyField(
                        blank=True, related_name="departments", to=settings.AUTH_USER_MODEL, verbose_name="成员"
                    ),
                ),
            ],
            options={
                "verbose_name": "部门",
                "verbose_name_plural": "部门",
            },
        ),
        migrations.CreateModel(
            name="FlowDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("definition", models.JSONField()),
                ("route", models.JSONField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="修改说明")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="tickets.flowtemplate"
                    ),
                ),
            ],
            options={
                "verbose_name": "流程草稿",
                "verbose_name_plural": "流程草稿",
            },
        ),
        migrations.CreateModel(
            name="DraftChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("definition", models.JSONField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="tickets.flowdraft"
                    ),
                ),
            ],
            options={
                "ordering": ["revision"],
                "constraints": [
                    models.UniqueConstraint(fields=("draft", "revision"), name="one_draft_change_per_revision")
                ],
            },
        ),
        migrations.CreateModel(
            name="CannedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "text",
                    models.TextField(
                        help_text="可用:{customer}、{ticket}、{result}、{case},以及流程各信息项的名称。",
                        verbose_name="内容",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "template",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="tickets.flowtemplate",
                        verbose_name="流程",
                    ),
                ),
            ],
            options={
                "verbose_name": "回复模板",
                "verbose_name_plural": "回复模板",
            },
        ),
        migrations.CreateModel(
            name="FlowVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("definition", models.JSONField()),
                ("route", models.JSONField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="修改说明")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="创建人",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="tickets.flowtemplate",
                        verbose_name="流程模板",
                    ),
                ),
            ],
            options={
                "verbose_name": "流程版本",
                "verbose_name_plural": "流程版本",
                "constraints": [
                    models.UniqueConstraint(fields=("template", "number"), name="one_flow_version_per_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="FlowReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(choices=[("approved", "通过"), ("sent_back", "退回")], max_length=10)),
                ("comment", models.TextField(blank=True, verbose_name="意见")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="tickets.flowversion"
                    ),
                ),
            ],
            options={
                "ordering": ["at"],
            },
        ),
        migrations.AddField(
            model_name="flowdraft",
            name="base",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.flowversion",
            ),
        ),
        migrations.CreateModel(
            name="FallBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "交给一个人"),
                            ("team", "交给一个部门"),
                            ("flow", "换一个流程再做一次"),
                            ("version", "换一个版本再做一次"),
                            ("robot", "交给机器人"),
                        ],
                        max_length=10,
                    ),
                ),
                ("robot", models.CharField(blank=True, max_length=60)),
                ("since", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.department",
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.flowtemplate",
                    ),
                ),
                (
                    "template",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fall_back", to="tickets.flowtemplate"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.flowversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ControlVouch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=200, verbose_name="控件")),
                ("page", models.JSONField()),
                ("control", models.JSONField()),
                ("commits", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待流程编辑者审核"),
                            ("second", "待第二人复核"),
                            ("active", "生效中"),
                            ("ended", "已撤回"),
                        ],
                        db_index=True,
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "confirmation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="vouches",
                        to="tickets.confirmation",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seconded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vouches", to="tickets.flowtemplate"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.flowversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "无害认定",
                "verbose_name_plural": "无害认定",
            },
        ),
        migrations.CreateModel(
            name="HelpdeskButton",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connector", models.CharField(max_length=40, unique=True, verbose_name="连接器")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("origins", models.JSONField(blank=True, default=list, verbose_name="可嵌入的来源")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("previous_until", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "工单按钮",
                "verbose_name_plural": "工单按钮",
                "ordering": ["connector"],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="tickets.comment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("seen_at", None)), fields=["person"], name="open_mentions")
                ],
                "constraints": [models.UniqueConstraint(fields=("comment", "person"), name="one_mention_per_person")],
            },
        ),
        migrations.CreateModel(
            name="ModelChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "flow",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="model_choice",
                        to="tickets.flowtemplate",
                    ),
                ),
                (
                    "grounder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grounds_for",
                        to="tickets.languagemodel",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chosen_for",
                        to="tickets.languagemodel",
                    ),
                ),
            ],
            options={
                "verbose_name": "模型选择",
                "verbose_name_plural": "模型选择",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce("flow", 0), name="one_model_choice_per_flow"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("serial", models.CharField(max_length=120, unique=True, verbose_name="序列号")),
                ("queue", models.CharField(default="phones", max_length=60, verbose_name="主机队列")),
                ("labels", models.JSONField(blank=True, default=list, verbose_name="标签")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("customer", "处理客户工单"),
                            ("shared", "客户工单优先,空闲时可示教和演练"),
                            ("rehearsal", "演练:提交前停止"),
                            ("practice", "练习:测试账号,可真正提交"),
                        ],
                        default="customer",
                        max_length=10,
                        verbose_name="用途",
                    ),
                ),
                (
                    "practice_accounts",
                    models.CharField(blank=True, max_length=200, verbose_name="练习用的应用和测试账号"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("ready", "可用"), ("faulty", "故障"), ("retired", "停用")],
                        default="ready",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("fault", tickets.said.SaidField(blank=True, verbose_name="故障说明")),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                ("health", models.JSONField(blank=True, default=dict)),
                ("last_seen_at", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.PositiveBigIntegerField(default=0)),
                ("lease_expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "practice_agreed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice_marked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "手机",
                "verbose_name_plural": "手机",
            },
        ),
        migrations.CreateModel(
            name="PhoneCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("touched", models.BooleanField(default=False)),
                ("usable", models.BooleanField(blank=True, null=True)),
                ("findings", models.JSONField(blank=True, default=list)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "phone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="tickets.phone"
                    ),
                ),
            ],
            options={
                "verbose_name": "手机测试",
                "verbose_name_plural": "手机测试",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("phone",), name="one_open_phone_check"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PracticeGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("runs_granted", models.PositiveIntegerField()),
                ("runs_left", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "phone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="tickets.phone"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="tickets.flowversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mode",
                    models.CharField(
                        choices=[("dry", "提交前停止"), ("practice", "在练习手机上提交")], default="dry", max_length=10
                    ),
                ),
                ("person_seconds", models.PositiveIntegerField(blank=True, null=True, verbose_name="人工每单秒数")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "grant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rehearsals",
                        to="tickets.practicegrant",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rehearsals", to="tickets.flowversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "演练",
                "verbose_name_plural": "演练",
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="工单比例",
                    ),
                ),
                ("shadow", models.BooleanField(default=False, verbose_name="影子")),
                ("success_floor", models.FloatField(default=0.8, verbose_name="成功率下限")),
                ("rejection_ceiling", models.FloatField(default=0.2, verbose_name="拒绝率上限")),
                ("began_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("superseded", "被新版本取代"),
                            ("returned", "人工退回上一版本"),
                            ("below_floor", "低于下限,自动退回"),
                            ("retired", "停用"),
                        ],
                        max_length=12,
                    ),
                ),
                ("end_note", models.CharField(blank=True, max_length=300)),
                (
                    "began_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.department",
                        verbose_name="部门",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replaced",
                        to="tickets.release",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="tickets.flowtemplate"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="tickets.flowversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "发布",
                "verbose_name_plural": "发布",
                "indexes": [models.Index(fields=["template", "ended_at"], name="tickets_rel_templat_86f9fa_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 1), ("percent__lte", 100)),
                        name="release_percent_is_a_share",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RouteNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("way", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("comment", "意见"), ("harmless", "无害"), ("commits", "会提交")], max_length=10
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="意见")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="tickets.flowversion"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("customer", "处理工单"),
                            ("schedule", "定时处理"),
                            ("rehearsal", "演练(提交前停止)"),
                            ("practice", "演练(练习手机)"),
                            ("lesson", "示教"),
                            ("shadow", "影子"),
                        ],
                        default="customer",
                        max_length=10,
                        verbose_name="目的",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "执行中"),
                            ("awaiting_confirmation", "等待确认"),
                            ("awaiting_answer", "等待回答"),
                            ("taken_over", "人工接管"),
                            ("succeeded", "成功"),
                            ("failed", "失败"),
                            ("cancelled", "已停止"),
                            ("handed_off", "转人工"),
                        ],
                        db_index=True,
                        default="queued",
                        max_length=24,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("instruction", models.TextField(verbose_name="指令")),
                ("lang", models.CharField(default="zh", max_length=8)),
                ("checkpoint", models.JSONField(blank=True, default=dict)),
                ("claim_token", models.PositiveBigIntegerField(default=0)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("takeover_requested", models.BooleanField(default=False)),
                ("failures_in_a_row", models.PositiveSmallIntegerField(default=0)),
                ("drivers_lost", models.PositiveSmallIntegerField(default=0)),
                ("retry_at", models.DateTimeField(blank=True, null=True)),
                ("event_seq", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="创建时间")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("updated_at", models.DateTimeField(auto_now=True, db_index=True)),
                ("result", tickets.said.SaidField(blank=True, verbose_name="处理结果")),
                ("failure_code", models.CharField(blank=True, max_length=40)),
                ("waiting_for", tickets.said.SaidField(blank=True, verbose_name="等待原因")),
                (
                    "flow_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="tickets.flowversion",
                        verbose_name="流程版本",
                    ),
                ),
                (
                    "phone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="tickets.phone",
                        verbose_name="手机",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="started_runs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="启动人",
                    ),
                ),
            ],
            options={
                "verbose_name": "处理记录",
                "verbose_name_plural": "处理记录",
            },
        ),
        migrations.CreateModel(
            name="RehearsalRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ticket_number", models.CharField(max_length=32)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "进行中"),
                            ("commit_reached", "到达提交,字段一致"),
                            ("completed", "完成"),
                            ("fields_differ", "字段与工单不一致"),
                            ("needed_person", "中途需要人工"),
                            ("not_started", "没有启动"),
                            ("failed", "失败"),
                            ("stopped", "已停止"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("note", tickets.said.SaidField(blank=True)),
                (
                    "rehearsal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="tickets.rehearsal"
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rehearsed",
                        to="tickets.run",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("recording", "录制中"),
                            ("encoding", "生成中"),
                            ("ready", "可回放"),
                            ("failed", "失败"),
                            ("deleted", "已按期删除"),
                        ],
                        default="recording",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("directory", models.CharField(max_length=200)),
                ("video", models.CharField(blank=True, max_length=200)),
                ("captions", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("duration_s", models.FloatField(blank=True, null=True)),
                ("size", models.PositiveBigIntegerField(blank=True, null=True)),
                ("chapters", models.JSONField(blank=True, default=list)),
                ("waits", models.JSONField(blank=True, default=list)),
                ("error", tickets.said.SaidField(blank=True, verbose_name="错误")),
                ("encode_tries", models.PositiveSmallIntegerField(default=0)),
                ("encode_sent_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recording",
                        to="tickets.run",
                        verbose_name="处理记录",
                    ),
                ),
            ],
            options={
                "verbose_name": "录像",
                "verbose_name_plural": "录像",
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", tickets.said.SaidField()),
                ("choices", models.JSONField(blank=True, default=list)),
                ("screenshot", models.CharField(blank=True, max_length=200)),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="tickets.run"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="phone",
            name="lease_run",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="leased_phone",
                to="tickets.run",
            ),
        ),
        migrations.CreateModel(
            name="FallBackUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "交给一个人"),
                            ("team", "交给一个部门"),
                            ("flow", "换一个流程再做一次"),
                            ("version", "换一个版本再做一次"),
                            ("robot", "交给机器人"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("begun", "开始"),
                            ("taken", "已转交"),
                            ("working", "机器人处理中"),
                            ("done", "机器人回报完成"),
                            ("left_to_person", "留给人处理"),
                        ],
                        db_index=True,
                        default="begun",
                        max_length=16,
                    ),
                ),
                ("robot", models.CharField(blank=True, max_length=60)),
                ("reference", models.CharField(blank=True, max_length=200)),
                ("note", tickets.said.SaidField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "next_run",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="in_place_of",
                        to="tickets.run",
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fall_back", to="tickets.run"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="confirmation",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="confirmations",
                to="tickets.run",
                verbose_name="处理记录",
            ),
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=200, upload_to=tickets.models.ticket.tickets._attachment_path)),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("image", "图片"), ("video", "视频"), ("document", "文件")], max_length=10
                    ),
                ),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "from_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="brought_back",
                        to="tickets.run",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.department",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                ("sealed", models.TextField()),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "密钥",
                "verbose_name_plural": "密钥",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ShadowScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agreed", models.PositiveIntegerField()),
                ("differed", models.PositiveIntegerField()),
                ("silent", models.PositiveIntegerField()),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="tickets.release"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.run"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("release", "run"), name="one_shadow_score_per_run")],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=80)),
                ("value", models.TextField(blank=True)),
                ("original", models.TextField(blank=True, db_default="", default="")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ticket", "工单原文"),
                            ("attachment", "附件"),
                            ("record", "客户资料"),
                            ("operator", "坐席填写"),
                            ("default", "默认值"),
                            ("customer", "客户回复"),
                        ],
                        max_length=12,
                    ),
                ),
                ("start", models.PositiveIntegerField(blank=True, null=True)),
                ("end", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "attachment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.attachment",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="tickets.run"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(django.db.models.functions.text.Left("value", 40), name="slot_value_start")],
                "constraints": [models.UniqueConstraint(fields=("run", "name"), name="one_slot_per_name")],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "actor",
                    models.CharField(
                        choices=[("agent", "智能体"), ("human", "人工")],
                        default="agent",
                        max_length=8,
                        verbose_name="执行者",
                    ),
                ),
                ("status", models.CharField(max_length=12)),
                ("thought", models.TextField(blank=True, verbose_name="想法")),
                ("action_text", tickets.said.SaidField(blank=True)),
                ("action_name", models.CharField(blank=True, max_length=40)),
                ("action", models.JSONField(blank=True, null=True)),
                ("control", models.CharField(blank=True, max_length=200)),
                ("source", models.CharField(default="model", max_length=8)),
                ("route_mark", models.JSONField(blank=True, null=True)),
                ("goal", models.CharField(blank=True, max_length=120)),
                ("confidence", models.FloatField(blank=True, null=True, verbose_name="置信度")),
                ("verdict", models.CharField(blank=True, max_length=12)),
                ("irreversible", models.BooleanField(default=False)),
                ("reasons", models.JSONField(blank=True, default=list)),
                ("outcome", tickets.said.SaidField(blank=True, verbose_name="结果")),
                ("app", models.CharField(blank=True, max_length=120, verbose_name="应用")),
                ("touch", models.JSONField(blank=True, default=list)),
                ("box", models.JSONField(blank=True, db_default=[], default=list)),
                ("timings", models.JSONField(blank=True, default=dict)),
                ("tokens", models.JSONField(blank=True, default=dict)),
                ("before", models.CharField(blank=True, max_length=200)),
                ("after", models.CharField(blank=True, max_length=200)),
                ("started_at", models.DateTimeField(verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="tickets.run",
                        verbose_name="处理记录",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="坐席",
                    ),
                ),
            ],
            options={
                "verbose_name": "步骤",
                "verbose_name_plural": "步骤",
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("run", "number"), name="one_step_per_number")],
            },
        ),
        migrations.CreateModel(
            name="ActMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("wrong_act", "确认过,但做错了"),
                            ("done_twice", "同一件事做了两次"),
                            ("not_asked", "应当先确认,却没有问"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField()),
                ("marked_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.TextField(blank=True)),
                (
                    "marked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="tickets.step"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)), fields=("step",), name="one_mark_per_step"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Switch",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("on", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Takeover",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reason", tickets.said.SaidField(blank=True)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("last_gesture_at", models.DateTimeField(blank=True, null=True)),
                ("warned_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("summary", tickets.said.SaidField(blank=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="takeovers", to="tickets.run"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True, verbose_name="工单号")),
                ("subject", models.CharField(max_length=200, verbose_name="标题")),
                ("text", models.TextField(verbose_name="内容")),
                ("customer_name", models.CharField(blank=True, db_index=True, max_length=80, verbose_name="客户")),
                ("customer_mobile", models.CharField(blank=True, db_index=True, max_length=20, verbose_name="手机号")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "新建"),
                            ("open", "处理中"),
                            ("pending", "等待客户"),
                            ("solved", "已解决"),
                            ("closed", "已关闭"),
                        ],
                        default="new",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "紧急"), (2, "高"), (3, "普通"), (4, "低")], default=3, verbose_name="优先级"
                    ),
                ),
                ("created_at", models.DateTimeField(db_index=True, verbose_name="创建时间")),
                ("due_at", models.DateTimeField(db_index=True, verbose_name="SLA 到期")),
                ("solved_at", models.DateTimeField(blank=True, null=True, verbose_name="解决时间")),
                ("result", tickets.said.SaidField(blank=True, verbose_name="处理结果")),
                ("for_person", models.BooleanField(db_default=False, default=False, editable=False)),
                ("lacks", models.TextField(blank=True, db_default="", default="", editable=False)),
                ("fit_known", models.BooleanField(db_default=False, db_index=True, default=False, editable=False)),
                (
                    "merged_status",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=10),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True, db_default="", default="", editable=False, max_length=40, verbose_name="渠道"
                    ),
                ),
                (
                    "external_id",
                    models.CharField(
                        blank=True, db_default="", db_index=True, default="", editable=False, max_length=80
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tickets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="负责人",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="创建人",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="tickets.department",
                        verbose_name="部门",
                    ),
                ),
                (
                    "fitting",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.flowtemplate",
                    ),
                ),
                (
                    "handling",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.flowtemplate",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "工单",
                "verbose_name_plural": "工单",
                "indexes": [
                    models.Index(fields=["department", "status", "due_at"], name="tickets_tic_departm_778386_idx"),
                    models.Index(fields=["department", "status", "-solved_at"], name="ticket_newest_solved"),
                    models.Index(
                        models.F("department"),
                        django.db.models.functions.comparison.Coalesce("handling", "fitting"),
                        models.F("status"),
                        name="ticket_by_flow",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("channel", "external_id"),
                        name="one_ticket_per_external_id",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="run",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="tickets.ticket",
                verbose_name="工单",
            ),
        ),
        migrations.CreateModel(
            name="PanelSession",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("theme", models.CharField(blank=True, max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("allowed_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "button",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="panels", to="tickets.helpdeskbutton"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="panels", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "嵌入面板",
                "verbose_name_plural": "嵌入面板",
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="OutboxEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("audit_seq", models.PositiveBigIntegerField(unique=True)),
                ("type", models.CharField(max_length=60)),
                ("at", models.DateTimeField(db_index=True)),
                ("department_id", models.PositiveBigIntegerField(blank=True, null=True)),
                ("data", models.JSONField(default=dict)),
                ("spread", models.BooleanField(default=False)),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "发件箱事件",
                "verbose_name_plural": "发件箱事件",
                "ordering": ["id"],
                "indexes": [
                    models.Index(condition=models.Q(("spread", False)), fields=["id"], name="outbox_not_spread")
                ],
            },
        ),
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "示教中"),
                            ("kept", "中断,已保留"),
                            ("finished", "完成"),
                            ("discarded", "已放弃"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("with_files", models.BooleanField(default=False)),
                ("slots", models.JSONField(default=list)),
                ("way", models.JSONField(default=list)),
                ("marks", models.JSONField(default=list)),
                ("tail", models.JSONField(default=list)),
                ("seeking", models.BooleanField(default=False)),
                ("apps", models.JSONField(default=list)),
                ("end", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.flowversion"
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="tickets.flowtemplate"
                    ),
                ),
                (
                    "phone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="tickets.phone"
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lesson",
                        to="tickets.run",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "示教",
                "verbose_name_plural": "示教",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("phone",), name="one_open_lesson_per_phone"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "placed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="legal_hold", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "法律保留",
                "verbose_name_plural": "法律保留",
            },
        ),
        migrations.CreateModel(
            name="FlowRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="要办的事")),
                ("description", models.TextField(blank=True, verbose_name="怎么做")),
                ("per_week", models.PositiveIntegerField(default=0, verbose_name="每周工单数")),
                ("minutes_each", models.PositiveIntegerField(default=0, verbose_name="人工每单分钟")),
                ("rule_based", models.PositiveSmallIntegerField(default=3, verbose_name="规则明确(1-5)")),
                ("exceptions", models.PositiveSmallIntegerField(default=3, verbose_name="例外多少(1-5)")),
                ("personal_data", models.BooleanField(default=False, verbose_name="涉及个人信息")),
                ("writes", models.BooleanField(default=True, verbose_name="会改动数据")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "待处理"), ("accepted", "已采纳"), ("declined", "未采纳")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="答复")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="requests",
                        to="tickets.flowtemplate",
                    ),
                ),
                (
                    "examples",
                    models.ManyToManyField(blank=True, related_name="+", to="tickets.ticket", verbose_name="工单样例"),
                ),
            ],
            options={
                "verbose_name": "流程需求",
                "verbose_name_plural": "流程需求",
            },
        ),
        migrations.CreateModel(
            name="ExternalRef",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connector", models.CharField(max_length=40, verbose_name="连接器")),
                ("external_id", models.CharField(db_index=True, max_length=120, verbose_name="外部编号")),
                ("number", models.CharField(blank=True, db_default="", default="", max_length=120)),
                ("url", models.CharField(blank=True, db_default="", default="", max_length=500)),
                ("facts", models.JSONField(db_default={}, default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refs", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "外部编号",
                "verbose_name_plural": "外部编号",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("connector", "external_id"), name="one_ticket_per_external_ref"),
                    models.UniqueConstraint(fields=("ticket", "connector"), name="one_external_ref_per_connector"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("lane", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待发送"), ("delivered", "已送达"), ("given_up", "已放弃")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("last_try_at", models.DateTimeField(blank=True, null=True)),
                ("last_answer", tickets.said.SaidField(blank=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="tickets.outboxevent"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "投递",
                "verbose_name_plural": "投递",
                "ordering": ["event_id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["lane", "ticket", "event"],
                        name="delivery_line",
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["lane", "next_at"], name="delivery_due"
                    ),
                    models.Index(fields=["state", "event"], name="delivery_by_state"),
                ],
                "constraints": [models.UniqueConstraint(fields=("lane", "event"), name="one_delivery_per_lane")],
            },
        ),
        migrations.CreateModel(
            name="CustomerReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("send_by", models.CharField(blank=True, db_default="", default="", max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="tickets.ticket"
            ),
        ),
        migrations.CreateModel(
            name="Clarification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("turn", models.PositiveSmallIntegerField()),
                ("questions", models.JSONField(default=list)),
                ("lang", models.CharField(max_length=8)),
                ("text", models.TextField()),
                ("by_policy", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "等客户回复"),
                            ("partly", "只回复了一部分"),
                            ("unclear", "回复需要核对"),
                            ("answered", "客户已回复"),
                            ("expired", "逾期未回复"),
                            ("withdrawn", "不再等待"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.customerreply",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.flowtemplate"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="clarifications", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "向客户的询问",
                "verbose_name_plural": "向客户的询问",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "asked")), fields=["due_at"], name="clarification_due")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("ticket",), name="one_open_question"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待启动"),
                            ("started", "已启动"),
                            ("refused", "没有启动"),
                            ("stopped", "已停止"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="tickets.batchround"
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="batch_item",
                        to="tickets.run",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batch_items", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["round", "state"], name="tickets_bat_round_i_80192a_idx")],
                "constraints": [models.UniqueConstraint(fields=("round", "ticket"), name="one_item_per_ticket")],
            },
        ),
        migrations.CreateModel(
            name="BatchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answers", models.JSONField(default=dict)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="tickets.batch"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("batch", "ticket"), name="one_entry_per_ticket")],
            },
        ),
        migrations.AddField(
            model_name="attachment",
            name="came_with",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="tickets.ticket"
            ),
        ),
        migrations.CreateModel(
            name="TicketValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("value", models.TextField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ticket", "工单原文"),
                            ("attachment", "附件"),
                            ("record", "客户资料"),
                            ("operator", "坐席填写"),
                            ("default", "默认值"),
                            ("customer", "客户回复"),
                        ],
                        db_default="operator",
                        default="operator",
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.flowtemplate"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="given_values", to="tickets.ticket"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "template", "name"), name="one_given_value_per_slot")
                ],
            },
        ),
        migrations.CreateModel(
            name="Trial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("salt", models.CharField(max_length=32)),
                ("percent", models.PositiveSmallIntegerField(verbose_name="工单比例")),
                (
                    "measure",
                    models.CharField(
                        choices=[("success", "成功率"), ("time", "每单用时")],
                        default="success",
                        max_length=8,
                        verbose_name="衡量什么",
                    ),
                ),
                ("expected", models.FloatField()),
                ("difference", models.FloatField()),
                ("mean_s", models.FloatField(blank=True, null=True)),
                ("deviation_s", models.FloatField(blank=True, null=True)),
                ("alpha", models.FloatField()),
                ("power", models.FloatField()),
                ("floor", models.FloatField()),
                ("runs_each", models.PositiveIntegerField()),
                ("days", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "已计划"),
                            ("running", "对比中"),
                            ("ended", "样本已满,结束"),
                            ("safety", "因安全停止"),
                            ("stopped", "人工停止"),
                        ],
                        db_index=True,
                        default="planned",
                        max_length=8,
                    ),
                ),
                ("planned_at", models.DateTimeField(auto_now_add=True)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "stop_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_yes", "不可撤销的操作没有经过确认"),
                            ("doubled_act", "一次确认做了两次操作"),
                            ("marked_act", "有人标记某一步操作有误"),
                            ("below_floor", "一个版本的成功率肯定低于下限"),
                            ("by_person", "有人停止"),
                            ("releases", "流程的发布有变化"),
                        ],
                        max_length=12,
                    ),
                ),
                ("stop_step", models.PositiveIntegerField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "a",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.flowversion"
                    ),
                ),
                (
                    "b",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.flowversion"
                    ),
                ),
                (
                    "began_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stop_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.run",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trials", to="tickets.flowtemplate"
                    ),
                ),
            ],
            options={
                "verbose_name": "版本对比",
                "verbose_name_plural": "版本对比",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["planned", "running"])),
                        fields=("template",),
                        name="one_trial_per_template",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("a", models.F("b")), _negated=True), name="trial_of_two_versions"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrialRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("arm", models.CharField(choices=[("a", "A"), ("b", "B")], max_length=1)),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="trial_member", to="tickets.run"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="tickets.trial"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TrustedSigner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("public_key", models.CharField(max_length=64, unique=True)),
                ("trusted_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "trusted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "可信的安装",
                "verbose_name_plural": "可信的安装",
            },
        ),
        migrations.CreateModel(
            name="UsedLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(db_index=True)),
                (
                    "button",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.helpdeskbutton"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("button", "nonce"), name="one_use_per_link")],
            },
        ),
        migrations.CreateModel(
            name="VersionLife",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("rehearsed", "已演练"),
                            ("in_review", "评审中"),
                            ("approved", "评审通过"),
                            ("released", "已发布"),
                            ("retired", "已停用"),
                        ],
                        db_index=True,
                        default="draft",
                        max_length=12,
                        verbose_name="阶段",
                    ),
                ),
                ("unrehearsed_reason", models.CharField(blank=True, max_length=300, verbose_name="未演练的理由")),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="life", to="tickets.flowversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "版本阶段",
                "verbose_name_plural": "版本阶段",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveBigIntegerField(unique=True, verbose_name="序号")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("type", models.CharField(max_length=60, verbose_name="操作")),
                ("user_name", models.CharField(blank=True, max_length=150, verbose_name="操作人")),
                ("user_role", models.CharField(blank=True, max_length=60, verbose_name="角色")),
                ("on_behalf_of", models.CharField(blank=True, max_length=150, verbose_name="客户")),
                ("object_type", models.CharField(blank=True, max_length=40)),
                ("object_id", models.CharField(blank=True, max_length=64)),
                ("ticket_no", models.CharField(blank=True, max_length=32, verbose_name="工单号")),
                ("department_id", models.PositiveBigIntegerField(blank=True, null=True)),
                ("run_id", models.CharField(blank=True, max_length=36)),
                ("step_no", models.PositiveIntegerField(blank=True, null=True)),
                ("device_id", models.CharField(blank=True, max_length=120, verbose_name="手机")),
                ("flow_version", models.CharField(blank=True, max_length=80)),
                ("instruction", models.TextField(blank=True, verbose_name="指令")),
                ("model", models.CharField(blank=True, max_length=80)),
                ("prompt_version", models.CharField(blank=True, max_length=64)),
                ("confidence", models.FloatField(blank=True, null=True)),
                ("result", models.CharField(blank=True, max_length=20, verbose_name="结果")),
                ("data_accessed", models.CharField(blank=True, max_length=200)),
                ("data_subject", models.CharField(blank=True, max_length=80)),
                ("purpose", models.CharField(blank=True, max_length=60)),
                ("legal_basis", models.CharField(blank=True, max_length=60)),
                ("confirmation_id", models.CharField(blank=True, max_length=36)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("recording_sha256", models.CharField(blank=True, max_length=64)),
                ("retention_until", models.DateField(blank=True, null=True)),
                ("ip", models.CharField(blank=True, max_length=45)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("details", models.JSONField(blank=True, default=dict)),
                ("prev_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("sealed", models.TextField(blank=True, default="")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "审计事件",
                "verbose_name_plural": "审计事件",
                "ordering": ["seq"],
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["ticket_no", "seq"], name="audit_by_ticket"),
                    models.Index(fields=["device_id", "seq"], name="audit_by_device"),
                    models.Index(fields=["run_id", "seq"], name="audit_by_run"),
                    models.Index(fields=["user_name", "seq"], name="audit_by_user"),
                    models.Index(fields=["type", "seq"], name="audit_by_type"),
                    models.Index(fields=["department_id", "seq"], name="audit_by_department"),
                    models.Index(fields=["at", "seq"], name="audit_by_time"),
                    models.Index(fields=["type", "department_id", "seq"], name="audit_by_type_department"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="flowdraft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("template",), name="one_open_draft_per_template"
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "pending")), fields=("run",), name="one_pending_confirmation_per_run"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["status", "purpose", "ticket"], name="run_by_status"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["ticket", "purpose"], name="run_by_ticket"),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("purpose__in", ["customer", "schedule"]),
                    ("status__in", ["queued", "running", "awaiting_confirmation", "awaiting_answer", "taken_over"]),
                ),
                fields=("ticket",),
                name="one_active_run_per_ticket",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
