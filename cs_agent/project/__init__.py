"""The Django project: wires the packages together."""

from cs_agent.project.celery import app as celery_app

__all__ = ["celery_app"]
