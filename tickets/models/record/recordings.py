"""What is stored of a run's screen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.runs import Run
from tickets.said import SaidField


class RecordingState(models.TextChoices):
    RECORDING = "recording", _("录制中")
    ENCODING = "encoding", _("生成中")
    READY = "ready", _("可回放")
    FAILED = "failed", _("失败")
    DELETED = "deleted", _("已按期删除")


class Recording(models.Model):
    """`directory` holds the frames while recording, `video` the MP4, `captions` the WebVTT; below MEDIA_ROOT."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="recording", verbose_name=_("处理记录"))
    state = models.CharField(_("状态"), max_length=10, choices=RecordingState, default=RecordingState.RECORDING)
    directory = models.CharField(max_length=200)
    video = models.CharField(max_length=200, blank=True)
    captions = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    duration_s = models.FloatField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    chapters = models.JSONField(default=list, blank=True)  # [{step, start_s, end_s, title}]
    waits = models.JSONField(default=list, blank=True)  # [{start_s, end_s, real_s}] shortened waits in the video
    error = SaidField(_("错误"), blank=True)
    encode_tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    encode_sent_at = models.DateTimeField(null=True, blank=True)  # its newest message; or when its encoding began
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("录像")
        verbose_name_plural = _("录像")

    def __str__(self) -> str:
        return f"{self.run}"
