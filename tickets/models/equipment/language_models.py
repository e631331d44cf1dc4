"""The vision-language models that an installation may use, and which of them drives what."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import FlowTemplate


class LanguageModel(models.Model):
    """One model behind an OpenAI-compatible endpoint; its key is in the secret store under `secret_name`."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    family = models.CharField(_("模型家族"), max_length=20)  # of cs_agent.engine.model.families
    base_url = models.CharField(_("接口地址"), max_length=500)
    model = models.CharField(_("模型名"), max_length=200)
    local = models.BooleanField(_("在公司自己的机器上"), default=False)
    coordinates = models.CharField(_("坐标含义"), max_length=12, blank=True)  # empty: as the family
    max_pixels = models.PositiveIntegerField(_("图片像素上限"), null=True, blank=True)
    max_tokens = models.PositiveIntegerField(_("回答 token 上限"), null=True, blank=True)
    price_sent = models.DecimalField(
        _("输入单价(元/百万 token)"), max_digits=9, decimal_places=3, null=True, blank=True
    )
    price_received = models.DecimalField(
        _("输出单价(元/百万 token)"), max_digits=9, decimal_places=3, null=True, blank=True
    )
    checked_at = models.DateTimeField(_("检查时间"), null=True, blank=True)
    usable = models.BooleanField(_("可用"), null=True)  # by the newest check; None: never checked as it is now
    report = models.JSONField(default=dict, blank=True)  # of that check: figures, and what was wrong

    class Meta:
        ordering = ["name"]
        verbose_name = _("模型")
        verbose_name_plural = _("模型")

    def __str__(self) -> str:
        return self.name

    @property
    def secret_name(self) -> str:
        return f"model/{self.pk}"


class ModelChoice(models.Model):
    """The model of a flow, or of the installation where `flow` is empty; `grounder`: says where things are for a
    planner."""

    flow = models.OneToOneField(
        FlowTemplate, null=True, blank=True, on_delete=models.CASCADE, related_name="model_choice"
    )
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="chosen_for")
    grounder = models.ForeignKey(
        LanguageModel, null=True, blank=True, on_delete=models.PROTECT, related_name="grounds_for"
    )

    class Meta:
        verbose_name = _("模型选择")
        verbose_name_plural = _("模型选择")
        constraints = [models.UniqueConstraint(Coalesce("flow", 0), name="one_model_choice_per_flow")]

    def __str__(self) -> str:
        return f"{self.flow or '*'}: {self.model}"
