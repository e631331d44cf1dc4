"""The compliance CSV in LibreOffice shows what was recorded: Chinese, line breaks, and numbers digit by digit."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tickets.models import Ticket
from tickets.services.evidence import audit
from tickets.services.evidence.exports import audit_export, csv_cells

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]

LIMIT_S = 180
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# What its dialog proposes for a file with this mark at its head: commas, double quotes, UTF-8, from the first line on.
AS_PROPOSED = "--infilter=Text - txt - csv (StarCalc):44,34,76,1"
LONG_NUMBER = "202405218876123456"
SAID = '耳机充不上电,"盒子"还压坏了\n要求退款;补偿50元'


def opened(path: Path, folder: Path) -> list[dict[str, tuple[str, str]]]:
    """Each row as LibreOffice takes it when it opens the file: (kind of cell, what the cell shows) by column name."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", AS_PROPOSED, "--convert-to", "ods", "--outdir", str(folder), str(path)]
    subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=True)
    with zipfile.ZipFile(folder / f"{path.stem}.ods") as file:
        rows = ET.fromstring(file.read("content.xml")).iter(f"{TABLE}table-row")
        header, *rest = (list(cells(row)) for row in rows)
    names = [shown for _kind, shown in header]
    return [dict(zip(names, row, strict=False)) for row in rest]


def cells(row: ET.Element) -> Iterator[tuple[str, str]]:
    for cell in row.iter(f"{TABLE}table-cell"):
        kind = cell.get(f"{OFFICE}value-type", "")
        shown = "\n".join("".join(part.itertext()) for part in cell.iter(f"{TEXT}p"))
        repeated = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        if repeated < 100:  # what is repeated further is the empty rest of the sheet
            yield from [(kind, shown)] * repeated


def test_chinese_line_breaks_and_long_numbers_are_what_they_were(ticket: Ticket, tmp_path: Path) -> None:
    audit.record("test.written", ticket=ticket, instruction=SAID, decided_by=LONG_NUMBER, details={})
    audit.record("test.written", ticket=ticket, instruction="=1+1", decided_by="＝1+1", details={})
    path = audit_export.write(tmp_path, user=None, filters={"type": "test.written"})
    told, formula = opened(path, tmp_path)
    assert next(iter(told)) == "event_id"
    assert told["instruction"] == ("string", SAID)
    assert told["on_behalf_of"] == ("string", "王女士")
    kind, shown = told["decided_by"]
    assert (kind, csv_cells.restore(shown)) == ("string", LONG_NUMBER)
    for column, value in (("instruction", "=1+1"), ("decided_by", "＝1+1")):
        kind, shown = formula[column]
        assert (kind, csv_cells.restore(shown)) == ("string", value)
