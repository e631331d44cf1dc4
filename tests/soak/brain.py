"""A quick stand-in for the model, on the pilot's port: `python -m tests.soak.brain`.

It knows the one task of the soak and reads the phone's tree of elements, which takes no time; what a model sees in a
picture is not what a soak is about. Like a model it remembers nothing: killed and started again, it goes on.
"""

from __future__ import annotations

import os
import re
import threading
from typing import Any

from cs_agent.engine.actions.values import Action, Back, Finish, Launch, Tap, Type
from cs_agent.engine.run.protocols import PhoneError
from cs_agent.observation import UiNode
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.project import conf
from cs_agent.testing.model import documented
from cs_agent.testing.scripted_endpoint import Answer, ScriptedEndpoint

_MOBILE = re.compile(r"1[3-9]\d{9}")
_APP = "com.example.smsdesk"


def next_action(nodes: tuple[UiNode, ...], mobile: str, phone: AdbPhone) -> Action:
    """The way to the code sent again, from whatever screen is shown."""
    size = phone.size()

    def tap(node: UiNode) -> Action:
        return Tap(node.box.center.to_norm(size))

    fields = [node for node in nodes if node.editable]
    if not any(node.package == _APP for node in nodes):
        return Launch("短信平台")
    if _named(nodes, "发送成功"):
        return Finish("验证码已重新发送")
    for button in ("确认发送", "重新发送验证码"):
        if found := _named(nodes, button):
            return tap(found)
    if fields and mobile not in fields[0].text:
        return Type(mobile) if fields[0].focused else tap(fields[0])
    rows = [node for node in nodes if mobile in node.text and node not in fields]
    if rows:
        return tap(rows[0])
    search = _named(nodes, "查询")
    return tap(search) if search else Back()


def _named(nodes: tuple[UiNode, ...], text: str) -> UiNode | None:
    found = [node for node in nodes if node.text.strip() == text and node.box.width and node.box.height]
    return found[-1] if found else None


def answer(request: dict[str, Any]) -> Answer | str:
    values = conf.load(os.environ)
    serial = f"127.0.0.1:{values['CS_AGENT_PHONE_PORT']}"
    phone = AdbPhone(serial, port=values["CS_AGENT_ADB_PORT"])
    try:
        action = next_action(phone.nodes() or (), mobile_of(request), phone)
    except PhoneError as error:
        return Answer(status=503, body=str(error).encode())
    return documented(action, "下一步")


def mobile_of(request: dict[str, Any]) -> str:
    """The number of the instruction, which is the first thing said that names one."""
    found = _MOBILE.search(str(request["messages"]))
    return found[0] if found else ""


def main() -> None:
    values = conf.load(os.environ)
    with ScriptedEndpoint(answer, models=("pilot",), port=values["CS_AGENT_PILOT_PORT"]):
        threading.Event().wait()


if __name__ == "__main__":
    main()
