"""Settings: read once, checked at the start, documented completely."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from cs_agent.project import conf
from cs_agent.project.commands import cli

LONG_SECRET = "x7" * 30


def test_an_empty_environment_gives_every_default() -> None:
    values = conf.load({})
    assert set(values) == {setting.name for setting in conf.SETTINGS}
    assert values["CS_AGENT_PORT"] == 8000
    assert values["SECRET_KEY"] == conf.DEMO_SECRET


def test_variables_of_other_programs_are_left_alone() -> None:
    assert conf.load({"HOME": "/", "DJANGO_SETTINGS_MODULE": "x"})["CS_AGENT_MODE"] == "demo"


def test_an_unknown_variable_stops_the_start_by_name() -> None:
    with pytest.raises(conf.SettingError, match="CS_AGENT_PROT is not a setting"):
        conf.load({"CS_AGENT_PROT": "8000"})


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("CS_AGENT_PORT", "eighty", "CS_AGENT_PORT='eighty'"),
        ("CS_AGENT_PORT", "70000", "from 1 to 65535"),
        ("CS_AGENT_DEBUG", "maybe", "true or false"),
        ("CS_AGENT_MODE", "staging", "demo, production, test"),
        ("CS_AGENT_MIN_CONFIDENCE", "1.5", "from 0 to 1"),
        ("REDIS_URL", "http://redis", "redis://"),
        ("CS_AGENT_TIME_ZONE", "Mars/Base", "Asia/Shanghai"),
        ("CS_AGENT_TIME_ZONE", "Asia", "Asia/Shanghai"),
        ("DATABASE_URL", "mysql://x", "postgres://"),
        ("CS_AGENT_PROMPT_FILE", "/no/such/file", "file that exists"),
    ],
)
def test_a_malformed_value_is_named_with_what_is_expected(name: str, text: str, hint: str) -> None:
    with pytest.raises(conf.SettingError) as caught:
        conf.load({name: text})
    assert name in str(caught.value)
    assert hint in str(caught.value)


def test_lists_are_split_and_trimmed() -> None:
    assert conf.load({"CS_AGENT_ALLOWED_HOSTS": "a.example, b.example,"})["CS_AGENT_ALLOWED_HOSTS"] == (
        "a.example",
        "b.example",
    )


@pytest.mark.parametrize("secret", ["", conf.DEMO_SECRET, "short"])
def test_production_refuses_a_missing_demo_or_short_secret(secret: str) -> None:
    with pytest.raises(conf.SettingError, match="SECRET_KEY"):
        conf.load({"CS_AGENT_MODE": "production", "SECRET_KEY": secret})


def test_production_refuses_debug() -> None:
    with pytest.raises(conf.SettingError, match="CS_AGENT_DEBUG"):
        conf.load({"CS_AGENT_MODE": "production", "SECRET_KEY": LONG_SECRET, "CS_AGENT_DEBUG": "yes"})


def test_production_starts_with_a_secret_of_its_own() -> None:
    assert conf.load({"CS_AGENT_MODE": "production", "SECRET_KEY": LONG_SECRET})["SECRET_KEY"] == LONG_SECRET


def test_every_setting_is_in_the_reference_with_its_default() -> None:
    reference = (Path(conf.BASE_DIR) / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [setting.name for setting in conf.SETTINGS if f"| `{setting.name}` |" not in reference]
    assert not missing, f"docs/settings.md lacks {missing}; run python scripts/write_settings_reference.py"


def test_the_reference_names_no_setting_that_is_gone() -> None:
    reference = (Path(conf.BASE_DIR) / "docs" / "settings.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in reference.splitlines() if line.startswith("| `")}
    assert named == {setting.name for setting in conf.SETTINGS}


def test_the_clock_can_keep_its_schedule_on_disk() -> None:
    schedule = pickle.loads(pickle.dumps(settings.CELERY_BEAT_SCHEDULE))
    assert set(schedule) == set(settings.CELERY_BEAT_SCHEDULE)


def test_a_dotted_path_of_the_release_before_still_works_and_warns() -> None:
    for old, new in conf.MOVED.items():
        with pytest.warns(UserWarning, match=old):
            values = conf.load({"CS_AGENT_ANCHOR_STORE": old})
        assert values["CS_AGENT_ANCHOR_STORE"] == new
        assert import_string(new)


def test_the_keys_that_the_command_makes_are_those_production_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Without any settings: nothing can be started to make the keys that a start asks for."""
    assert cli.main(["keys"]) == 0
    made = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    assert set(made) == {"SECRET_KEY", "CS_AGENT_SECRETS_KEYS"}
    assert conf.load({**made, "CS_AGENT_MODE": "production"})["CS_AGENT_SECRETS_KEYS"] == (
        made["CS_AGENT_SECRETS_KEYS"],
    )
