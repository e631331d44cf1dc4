"""The report of a rehearsal as a self-contained file: HTML, or PDF printed by a local browser."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tickets.errors import Conflict
from tickets.metrics.rehearsed import Report

_MARGIN: Any = dict.fromkeys(("top", "bottom", "left", "right"), "14mm")
_FOOT = (
    '<div style="width: 100%; font: 8px sans-serif; text-align: center">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def html(report: Report) -> str:
    """The page with inline styles. A file goes to other people than those who may see the ticket: personal data in what
    was asked and noted is covered."""
    english = not (get_language() or "zh").startswith("zh")
    context = {"report": report, "rehearsal": report.rehearsal, "english": english, "for_file": True}
    text = render_to_string("consoles/studio/rehearsal_print.html", context)
    sheets = [finders.find(f"console/css/{name}.css") for name in ("tokens", "print")]
    style = "\n".join(Path(str(sheet)).read_text(encoding="utf-8") for sheet in sheets if sheet)
    return text.replace("</head>", f"<style>{style}</style></head>", 1)


def pdf(report: Report) -> bytes:
    """Print with the browser that the virtual phone also uses. Conflict if there is none."""
    from playwright.sync_api import Error, sync_playwright

    text, found = html(report), next(filter(None, map(shutil.which, _BROWSERS)), None)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.set_content(text)
            printed = page.pdf(
                format="A4",
                margin=_MARGIN,
                display_header_footer=True,
                header_template="<i></i>",
                footer_template=_FOOT,
            )
            browser.close()
    except Error as error:
        words = _("这台服务器上没有可用的 Chromium,不能生成 PDF:请用浏览器的“打印 → 另存为 PDF”。")
        raise Conflict(words, code="no_browser") from error
    return printed
