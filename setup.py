"""How the wheel is built: templates, static files and fixtures go into `cs_agent/assets`, messages are compiled.

In the checkout they lie at its top, where they are read from (see `cs_agent.project.conf`).
"""

from __future__ import annotations

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ASSETS = ("templates", "static", "fixtures")
PACKAGES = ["cs_agent", "tickets", "consoles", "integrations"]


class BuildWithMessages(build_py):
    """Translations are compiled into the build folder; the tree stays as it is."""

    def run(self) -> None:
        super().run()
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for po in sorted(Path(self.build_lib).glob("*/locale/*/LC_MESSAGES/*.po")):
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source, locale=po.parts[-3]))


setup(
    packages=[
        *find_packages(include=[name for package in PACKAGES for name in (package, f"{package}.*")]),
        *(f"cs_agent.assets.{name}" for name in ASSETS),
    ],
    package_dir={f"cs_agent.assets.{name}": name for name in ASSETS},
    package_data={"": ["**/*"]},
    exclude_package_data={"": ["**/__pycache__/*", "**/*.pyc"]},
    cmdclass={"build_py": BuildWithMessages},
)
