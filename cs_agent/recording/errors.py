"""Errors of recording and encoding, with remedies.

    RecordingError
    ├── RecordingDiskFull      no room is left, or too little to go on safely
    ├── RecordingUnwritable    the directory or a file in it cannot be written
    ├── RecordingLocked        no key opens a frame, or seals one
    ├── NothingRecorded        there is not one readable frame to encode
    └── EncodingFailed         ffmpeg failed or took too long

`retryable` says whether trying again later can help.
"""

from __future__ import annotations

import errno
from pathlib import Path

from cs_agent.catalogue import _
from cs_agent.trouble import Trouble

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class RecordingError(Trouble):
    retryable = True


class RecordingDiskFull(RecordingError):
    advice = _("磁盘已满:清理或扩容录像目录所在的磁盘")


class RecordingUnwritable(RecordingError):
    advice = _("录像目录不可写:检查路径和权限")


class RecordingLocked(RecordingError):
    advice = _("录像已加密,没有能打开它的密钥:恢复 CS_AGENT_SECRETS_KEYS,画面都还在")


class NothingRecorded(RecordingError):
    retryable = False
    advice = _("没有任何画面被录下")


class EncodingFailed(RecordingError):
    advice = _("视频编码失败:稍后重试,并查看日志")


def writing_error(error: OSError, path: Path) -> RecordingError:
    kind = RecordingDiskFull if error.errno in _FULL else RecordingUnwritable
    return kind(f"{path}: {error.strerror or error}")
