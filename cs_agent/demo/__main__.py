"""`python -m cs_agent.demo` is `make demo` without its set-up."""

from __future__ import annotations

import argparse
import sys

from cs_agent.demo.supervisor import main

if __name__ == "__main__":
    argparse.ArgumentParser(
        prog="python -m cs_agent.demo",
        description="Run the whole product on embedded defaults until Ctrl-C. It takes no arguments: "
        "every setting is an environment variable (docs/settings.md).",
    ).parse_args()
    sys.exit(main())
