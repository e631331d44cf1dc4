#!/usr/bin/env python
"""Django's command line for cs_agent."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")
    from django.core.management import execute_from_command_line

    from cs_agent.project.commands.renamed import renamed

    execute_from_command_line(renamed(sys.argv))


if __name__ == "__main__":
    main()
