"""How the version of a shadow release would have handled a run that another version or a person handled."""

from __future__ import annotations

from django.db import models

from tickets.models.flow.releases import Release
from tickets.models.runs import Run


class ShadowScore(models.Model):
    """Acts of one run: `agreed`, the version would have done the same; `differed`, something else; `silent`, it would
    have asked the model."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="scores")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    agreed = models.PositiveIntegerField()
    differed = models.PositiveIntegerField()
    silent = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "run"], name="one_shadow_score_per_run")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.run_id} {self.agreed}/{self.agreed + self.differed}"
