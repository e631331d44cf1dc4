"""The command line of the virtual phones."""

from __future__ import annotations

import pytest

from cs_agent.demo.phone.__main__ import parse_options
from cs_agent.demo.phone.options import Options, ScreenKind


def test_without_arguments_there_is_one_phone_of_the_usual_size() -> None:
    assert parse_options([]) == Options(port=5600, count=1, width=1080, height=2400, density=420)


def test_every_option_is_read() -> None:
    line = "--port 5610 --count 2 --width 720 --height 1600 --density 320 --backoffice-port 0 --host 0.0.0.0"
    options = parse_options([*line.split(), "--chaos", "notification,slow_page_s=2", "--screen", "fake", "--verbose"])
    assert options == Options(
        port=5610,
        count=2,
        width=720,
        height=1600,
        density=320,
        host="0.0.0.0",
        backoffice_port=0,
        chaos="notification,slow_page_s=2",
        screen=ScreenKind.FAKE,
        verbose=True,
    )


@pytest.mark.parametrize(("written", "range_"), [("0", (0, 0)), ("200", (200, 200)), ("100-300", (100, 300))])
def test_latency_is_a_number_or_a_range(written: str, range_: tuple[int, int]) -> None:
    assert parse_options(["--latency-ms", written]).latency_ms == range_


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "70000"], "70000 is no port"),
        (["--time-zone", "Mars/Base"], "Mars/Base is no time zone"),
        (["--time-zone", "../etc"], "../etc is no time zone"),
        (["--port", "x"], "invalid"),
        (["--count", "0"], "0 is not positive"),
        (["--port", "65535", "--count", "2"], "not enough ports"),
        (["--chaos", "earthquake"], "no fault is called 'earthquake'"),
        (["--chaos", "rotation=9"], "rotation cannot be"),
        (["--screen", "paper"], "invalid"),
        (["--latency-ms", "slow"], "invalid"),
        (["--latency-ms", "300-100"], "is no range"),
    ],
)
def test_what_cannot_be_meant_ends_with_a_message(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse_options(arguments)
    assert leaving.value.code == 2
    assert message in capsys.readouterr().err
