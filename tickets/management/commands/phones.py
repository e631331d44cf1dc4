"""`manage.py phones`: list, connect, pair, register and examine phones, in words a technician can act on."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cs_agent.command_line import command_line
from cs_agent.engine.run.protocols import PhoneError
from cs_agent.phone.adb import keyboard_apk
from cs_agent.phone.adb.connection import AdbServer
from cs_agent.phone.adb.doctor import examine
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.findings import Check, CheckStatus, is_usable
from tickets.models import Phone, PhoneState
from tickets.said import in_both

_CONNECT = command_line("phones connect HOST:PORT")
_MARKS = {CheckStatus.OK: "✓", CheckStatus.WARN: "!", CheckStatus.FAULT: "✗"}


class Command(BaseCommand):
    help = "List, connect, pair, register and examine phones."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action")
        actions.add_parser("list", help="phones the adb server sees, and those registered here (the default)")
        connect = actions.add_parser("connect", help="connect a phone on the network and register it")
        connect.add_argument("address", help="HOST:PORT")
        pair = actions.add_parser("pair", help="pair with a phone's wireless debugging")
        pair.add_argument("address", help="HOST:PORT of the pairing dialog")
        pair.add_argument("code")
        wifi = actions.add_parser("wifi", help="let a USB phone listen on the network, then connect and register it")
        wifi.add_argument("serial")
        add = actions.add_parser("add", help="register a phone that the adb server sees")
        add.add_argument("serial")
        add.add_argument("--name", default="")
        for name in ("check", "doctor"):
            doctor = actions.add_parser(name, help="examine one phone or all; say what is wrong and what to do")
            doctor.add_argument("serial", nargs="?")
            doctor.add_argument("--no-touch", action="store_true", help="look only, press nothing")
            doctor.add_argument(
                "--keyboard", type=Path, metavar="APK", help="first install and enable ADB Keyboard from this file"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        values = settings.CS_AGENT
        self.server = AdbServer(values["CS_AGENT_ADB_HOST"], values["CS_AGENT_ADB_PORT"])
        try:
            self.server.ensure_running()
            getattr(self, f"_{options['action'] or 'list'}")(options)
        except PhoneError as error:
            raise CommandError(f"{error}\n{error.advice_in('zh', 'en')}".rstrip()) from error

    def _list(self, options: dict[str, Any]) -> None:
        registered = {phone.serial: phone for phone in Phone.objects.all()}
        seen = {device.serial: device for device in self.server.devices()}
        if not registered and not seen:
            self.stdout.write(in_both(_("没有手机。插上 USB 或运行 {command}"), command=_CONNECT))
        for serial in sorted({*registered, *seen}):
            device, phone = seen.get(serial), registered.get(serial)
            adb = str(device.state) if device else in_both(_("未连接"))
            row = f"{phone.name}, {phone.get_state_display()}" if phone else in_both(_("未登记"))
            self.stdout.write(f"{serial:<24} adb: {adb:<14} {row} {phone.fault if phone else ''}".rstrip())

    def _connect(self, options: dict[str, Any]) -> None:
        self.stdout.write(self.server.connect(options["address"]))
        self._register(options["address"], "")

    def _pair(self, options: dict[str, Any]) -> None:
        guid = self.server.pair(options["address"], options["code"])
        self.stdout.write(
            in_both(
                _("已配对 {guid}。现在用无线调试页面上的端口连接:{command}"),
                guid=guid,
                command=_CONNECT,
            )
        )

    def _wifi(self, options: dict[str, Any]) -> None:
        address = self.server.to_wifi(options["serial"])
        self._connect({"address": address})

    def _add(self, options: dict[str, Any]) -> None:
        if options["serial"] not in {device.serial for device in self.server.devices()}:
            unseen = _("adb 看不到 {serial};见 {command}")
            raise CommandError(in_both(unseen, serial=options["serial"], command=command_line("phones list")))
        self._register(options["serial"], options["name"])

    def _register(self, serial: str, name: str) -> None:
        size = self._phone(serial).size()
        fields = {"width": size.width, "height": size.height, "last_seen_at": timezone.now()}
        fresh = {**fields, "name": name or serial, "queue": settings.CS_AGENT["CS_AGENT_QUEUE"]}
        phone, created = Phone.objects.update_or_create(serial=serial, defaults=fields, create_defaults=fresh)
        self.stdout.write(in_both(_("已登记:{phone}") if created else _("已更新:{phone}"), phone=phone.name))

    def _check(self, options: dict[str, Any]) -> None:
        serials = [options["serial"]] if options["serial"] else self._all_serials()
        if not serials:
            raise CommandError(in_both(_("没有手机可检查;先运行 {command}"), command=_CONNECT))
        if options["keyboard"] is not None:
            self._install_keyboard(serials, options["keyboard"])
        unusable = [serial for serial in serials if not self._examine(serial, touch=not options["no_touch"])]
        if unusable:
            raise CommandError(in_both(_("不可用:{what}"), what=", ".join(unusable)))

    _doctor = _check

    def _install_keyboard(self, serials: list[str], apk: Path) -> None:
        """A phone that a run holds keeps the keyboard it is typing with."""
        for serial in serials:
            if self._is_held(serial):
                raise CommandError(in_both(_("{serial} 正在执行任务,请稍后再安装输入法"), serial=serial))
            keyboard_apk.install(self._phone(serial), apk)
            self.stdout.write(in_both(_("已安装并启用 ADB Keyboard:{serial}"), serial=serial))

    def _all_serials(self) -> list[str]:
        registered = Phone.objects.exclude(state=PhoneState.RETIRED).values_list("serial", flat=True)
        return sorted({*registered, *(device.serial for device in self.server.devices())})

    def _examine(self, serial: str, *, touch: bool) -> bool:
        self.stdout.write(self.style.MIGRATE_HEADING(serial))
        if touch and self._is_held(serial):
            self.stdout.write("  " + in_both(_("正在执行任务,只看不点")))
            touch = False
        checks = examine(self._phone(serial), touch=touch)
        for check in checks:
            self._show(check)
        return is_usable(checks)

    def _show(self, check: Check) -> None:
        self.stdout.write(f"  {_MARKS[check.status]} {check.code:<12} {check.told('zh')} / {check.told('en')}")
        if check.remedy:
            self.stdout.write(f"      → {check.remedy_in('zh')} / {check.remedy_in('en')}")
        if check.fix:
            self.stdout.write(f"      $ {check.fix}")

    def _is_held(self, serial: str) -> bool:
        return Phone.objects.filter(serial=serial, lease_run__isnull=False).exists()

    def _phone(self, serial: str) -> AdbPhone:
        return AdbPhone(serial, host=self.server.host, port=self.server.port)
