"""What every driver must keep: a driver's tests subclass this and bring the fixtures `driver` and `an_app`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cs_agent.engine.run.protocols import Key, PhoneError
from cs_agent.geometry import Point
from cs_agent.observation import AppKind, Role
from cs_agent.phone import errors
from cs_agent.phone.driver import Driver
from cs_agent.phone.file_names import safe_name


class DriverContract:
    def test_a_picture_is_as_large_as_the_screen(self, driver: Driver) -> None:
        before = time.time()
        shot = driver.screenshot()
        assert shot.size == driver.size()
        assert shot.image.mode == "RGB"
        assert before - 1 <= shot.captured_at <= time.time() + 1

    def test_nodes_lie_on_the_screen_and_have_roles_of_no_platform(self, driver: Driver) -> None:
        nodes, size = driver.nodes(), driver.size()
        assert nodes is not None
        assert any(node.role is Role.EDIT for node in nodes)
        assert all(isinstance(node.role, Role) and -1 <= node.parent < len(nodes) for node in nodes)
        assert all(node.box.left < size.width and node.box.top < size.height for node in nodes)

    def test_an_app_comes_to_the_front_and_home_leads_away(self, driver: Driver, an_app: tuple[str, str]) -> None:
        name, identifier = an_app
        driver.launch(name)
        assert driver.foreground().package == identifier
        driver.stop_app(identifier)
        driver.launch(identifier)
        assert driver.foreground().package == identifier
        driver.press(Key.HOME)
        assert driver.foreground().kind is AppKind.HOME

    def test_an_unknown_app_is_unknown(self, driver: Driver) -> None:
        with pytest.raises(errors.UnknownApp):
            driver.launch("nothing of that name; reboot")

    @pytest.mark.parametrize("key", list(Key))
    def test_every_key_is_taken(self, driver: Driver, key: Key) -> None:
        driver.press(key)
        driver.press(Key.HOME)
        assert driver.foreground().known

    def test_gestures_are_taken_on_the_screen_and_refused_beside_it(self, driver: Driver) -> None:
        middle = Point(driver.size().width // 2, driver.size().height // 2)
        driver.tap(middle)
        driver.double_tap(middle)
        driver.long_press(middle, 0.05)
        driver.swipe(middle, Point(middle.x, middle.y // 2), 0.05)
        for outside in (Point(-1, 1), Point(1, -1), Point(driver.size().width, 1), Point(1, driver.size().height)):
            with pytest.raises(PhoneError):
                driver.tap(outside)

    @pytest.mark.parametrize("text", ["退款 50 元", '😀 it\'s "fine" $x', "plain", ""])
    def test_typed_text_takes_the_place_of_what_the_field_held(self, driver: Driver, text: str) -> None:
        own = driver.restore_keyboard()
        with driver.typing_session():
            driver.type_text("before")
            driver.type_text(text)
            assert next(node.text for node in driver.nodes() or () if node.editable) == text
        assert driver.restore_keyboard() == own

    def test_a_file_goes_there_and_back_and_is_removed(self, driver: Driver, tmp_path: Path) -> None:
        local = tmp_path / "in"
        local.write_bytes(bytes(range(256)) * 100)
        remote = driver.push_media(local, "开箱 1.jpg")
        folder, _, name = remote.rpartition("/")
        assert (name, 25600) in [(entry.name, entry.size) for entry in driver.list_files(folder)]
        assert driver.pull(remote, tmp_path / "out").read_bytes() == local.read_bytes()
        for _ in range(2):
            driver.remove(remote)
        with pytest.raises(errors.FileMissing):
            driver.pull(remote, tmp_path / "again")
        assert not (tmp_path / "again").exists()

    def test_a_customers_file_is_taken_back_by_its_name_alone(self, driver: Driver, tmp_path: Path) -> None:
        local = tmp_path / "in"
        local.write_bytes(b"picture")
        for name in ("开箱 2.jpg", "../../etc/开箱.mp4"):
            remote = driver.push_media(local, name)
            assert remote.rpartition("/")[2] == safe_name(name)
            for _ in range(2):
                assert driver.remove_media(name) == remote
            with pytest.raises(errors.FileMissing):
                driver.pull(remote, tmp_path / "again")

    def test_it_says_how_it_is_and_can_be_left_as_found(self, driver: Driver) -> None:
        driver.wake()
        assert driver.health().model
        clock = driver.clock()
        assert clock is None or abs(clock - time.time()) < 60
        driver.home_and_restore()
        assert driver.foreground().kind is AppKind.HOME
