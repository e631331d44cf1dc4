"""Which kinds of personal data are hidden from whom.

Rule: the default hides all kinds from viewers and at rest, and leaves a model what it needs to find a customer: all but
secrets, documents and their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from cs_agent.vision.personal_data.kinds import DOCUMENTS, SECRETS, DataKind


class Audience(StrEnum):
    MODEL = "model"  # a model that is not on the company's own machines
    VIEWER = "viewer"  # the live view of people who do not work the ticket
    STORED = "stored"  # screenshots, recordings and texts at rest


_ALL = frozenset(DataKind)
KEPT_FROM_MODELS = SECRETS | DOCUMENTS
WORDS = {
    DataKind.ID_CARD: "[身份证号]",
    DataKind.BANK_CARD: "[银行卡号]",
    DataKind.MOBILE: "[手机号]",
    DataKind.PHONE: "[电话号码]",
    DataKind.EMAIL: "[邮箱]",
    DataKind.PASSWORD: "[密码]",
    DataKind.CODE: "[验证码]",
    DataKind.VOUCHER: "[凭证码]",
    DataKind.NAME: "[姓名]",
    DataKind.BIRTH_DATE: "[出生日期]",
    DataKind.ADDRESS: "[地址]",
    DataKind.PLATE: "[车牌号]",
    DataKind.PASSPORT: "[护照号]",
    DataKind.MESSENGER: "[社交账号]",
    DataKind.DEVICE: "[设备标识]",
    DataKind.BARCODE: "[条码]",
    DataKind.ID_PHOTO: "[证件照片]",
}


@dataclass(frozen=True, slots=True)
class RedactionPolicy:
    """The kinds hidden from each audience."""

    model: frozenset[DataKind] = KEPT_FROM_MODELS
    viewer: frozenset[DataKind] = _ALL
    stored: frozenset[DataKind] = _ALL

    def hidden_from(self, audience: Audience) -> frozenset[DataKind]:
        return {
            Audience.MODEL: self.model,
            Audience.VIEWER: self.viewer,
            Audience.STORED: self.stored,
        }[audience]

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[str]]) -> Self:
        """`{"model": ["password", …], …}`; an audience left out keeps its default. ValueError names the fault."""
        unknown = set(data) - {audience.value for audience in Audience}
        if unknown:
            raise ValueError(f"redaction policy: unknown audience {min(unknown)!r}")
        return cls(**{name: frozenset(DataKind(kind) for kind in kinds) for name, kinds in data.items()})

    @classmethod
    def nothing(cls) -> Self:
        """Hides nothing from anybody."""
        return cls(frozenset(), frozenset(), frozenset())
