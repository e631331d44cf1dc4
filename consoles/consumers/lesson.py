"""The live phone of a lesson: the same frames and gestures as a takeover's; gestures only of the one who teaches.

A gesture may name the `slot` that a text is the value of; a touch on what looks like a commit is answered with
`looks_like_commit` until it comes with `sure`. Besides the phone's messages: `changed`, when the page should be asked
for anew.
"""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.utils import translation
from django.utils.translation import gettext as _

from consoles.access import command
from consoles.consumers.base import CHECK_EVERY_S
from consoles.consumers.phone import ACK_TRUST_S, PhoneConsumer
from tickets.errors import NotFound
from tickets.models import Lesson, Run, RunPurpose
from tickets.permissions import Permission, has_now
from tickets.services.live.gestures import Gesture
from tickets.services.studio import lesson_words

_TOLD = ("lesson.changed", "run.changed", "phone.changed", "step.changed", "takeover.idle", "takeover.ended")


class LessonPhoneConsumer(PhoneConsumer):
    permission = Permission.TEACH

    async def live_event(self, message: dict[str, Any]) -> None:
        await super().live_event(message)
        event = message["event"]
        if event["kind"] == lesson_words.ASKED and event["run"] == str(self._run_id):
            await self.tell({"type": "error", "code": "looks_like_commit", "message": self._question(event["data"])})
        if event["kind"] in _TOLD and event["run"] == str(self._run_id):
            await self.tell({"type": "changed", "kind": event["kind"]})

    @command("ack", Permission.TEACH, trust_s=ACK_TRUST_S)
    async def ack(self, message: dict[str, Any]) -> None:
        self._drawn.set()

    @command("beat", Permission.TEACH, trust_s=CHECK_EVERY_S)
    async def beat(self, message: dict[str, Any]) -> None:
        await self.tell({"type": "beat"})

    @command("ping", Permission.TEACH)
    async def ping(self, message: dict[str, Any]) -> None:
        await self.tell({"type": "pong", "id": message.get("id")})

    @command("gesture", Permission.TEACH)
    async def gesture(self, message: dict[str, Any]) -> None:
        await self._pass_on(message, lesson=True)

    def _question(self, data: dict[str, Any]) -> str:
        with translation.override(self._language()):
            return _("“%s”看起来会提交。") % data["label"]

    @property
    def _run_id(self) -> Any:
        return self.scope["url_route"]["kwargs"]["run_id"]

    async def _refuse_unfit(self, gesture: Gesture) -> None:
        await database_sync_to_async(self._fits)(gesture)

    def _fits(self, gesture: Gesture) -> None:
        lesson = Lesson.objects.select_related("run", "base", "ticket", "phone").get(run=self._run_id)
        lesson_words.check(lesson, gesture)

    async def _run_now(self) -> Run:
        """Only of lessons: nobody sees a customer's phone uncovered through here."""
        run = await super()._run_now()
        if run.purpose != RunPurpose.LESSON:
            raise NotFound
        return run

    async def _sees_all(self) -> bool:
        return await database_sync_to_async(has_now)(self.user.pk, Permission.TEACH)
