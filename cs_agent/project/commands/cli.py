"""`cs-agent`: the command of an installed product, usable from any folder.

    cs-agent demo         the whole product with its virtual phone and pilot, until Ctrl-C
    cs-agent provision    find or install a Chromium and a Chinese font for the virtual phone
    cs-agent keys         fresh keys for the environment of a new installation; needs no settings
    cs-agent serve        web server, workers and clock of an installation, until SIGTERM
    cs-agent COMMAND …    every command of manage.py: migrate, check, createsuperuser, api_token, secrets …

Rule: what belongs to the installation (database, uploads, recordings) lies in CS_AGENT_DATA_DIR, by default `var` in
the folder the command is called from; nothing is written beside the code.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from typing import NoReturn

from cryptography.fernet import Fernet

SETTINGS = "cs_agent.project.settings"


def main(arguments: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    command = words[0] if words else "help"
    if command in ("help", "--help", "-h") and len(words) < 2:
        print((__doc__ or "").strip())
        return 0
    if command == "keys" or words == ["secrets", "new-key"]:
        print(_new_keys() if command == "keys" else Fernet.generate_key().decode())
        return 0
    if command == "demo":
        _module("cs_agent.demo", words[1:])
    if command == "provision":
        _module("cs_agent.project.commands.provision", words[1:])
    if command == "serve":
        _module("cs_agent.project.commands.serve", words[1:])
    return _manage(words)


def _new_keys() -> str:
    """As lines of an environment file."""
    return f"SECRET_KEY={secrets.token_urlsafe(48)}\nCS_AGENT_SECRETS_KEYS={Fernet.generate_key().decode()}"


def _module(name: str, words: Sequence[str]) -> NoReturn:
    """In place of this process, so that every signal reaches it: the stand-ins are met over the network only."""
    os.execv(sys.executable, [sys.executable, "-m", name, *words])  # noqa: S606 - our own module


def _manage(words: Sequence[str]) -> int:
    from django.core.management import execute_from_command_line

    from cs_agent.project.commands.renamed import renamed
    from cs_agent.project.conf import SettingError

    try:
        execute_from_command_line(renamed(["cs-agent", *words]))
    except SettingError as error:
        print(f"cs_agent: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
