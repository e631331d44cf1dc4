from django.apps import AppConfig


class BackOfficeConfig(AppConfig):
    name = "cs_agent.project.backoffice"
    label = "cs_agent_backoffice"
