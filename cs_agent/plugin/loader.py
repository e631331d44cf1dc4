"""Finds only our own templates, so that a host's missing 404 page does not become ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template.loaders import filesystem

OURS = ("consoles/", "integrations/")


class OurTemplates(filesystem.Loader):
    def get_template_sources(self, template_name: str) -> Iterator[Any]:
        return super().get_template_sources(template_name) if template_name.startswith(OURS) else iter(())
