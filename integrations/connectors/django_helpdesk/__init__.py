"""django-helpdesk 2.6 as apps of this very project: read and written as rows, heard by Django's signals."""

from django.apps import apps

if apps.is_installed("helpdesk"):
    from integrations.connectors.django_helpdesk import connector, signals

    connector.register()
    signals.connect()
