"""`python -m tests.examples.alone.serve PORT`: a fresh database with a queue and staff, then serves."""

import sys
from wsgiref.simple_server import make_server

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application


def main(port: str) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth import get_user_model
    from helpdesk.models import Queue

    get_user_model().objects.create_superuser("cs-agent", password="not-a-real-password")
    get_user_model().objects.create_superuser("anna", password="not-a-real-password")
    Queue.objects.create(slug="service", title="售后", allow_public_submission=True)
    make_server("127.0.0.1", int(port), get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
