"""`python -m cs_agent.demo` is `make demo` without its set-up."""

from __future__ import annotations

import sys

from cs_agent.demo.supervisor import main

if __name__ == "__main__":
    sys.exit(main())
