"""What the commands say: a sentence in Chinese, the same in English, no traceback for a foreseeable fault."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable


class Trouble(Exception):
    """A fault the person at the keyboard can mend; carries the sentence in both languages."""

    def __init__(self, chinese: str, english: str, *, code: int = 1) -> None:
        super().__init__(english)
        self.chinese = chinese
        self.english = english
        self.code = code

    def __str__(self) -> str:
        return f"{self.chinese}\n{self.english}"


def say(chinese: str, english: str) -> None:
    """One short line about what is being done; on standard error, so that piped output stays clean."""
    print(f"· {chinese} / {english}", file=sys.stderr, flush=True)


def explained(work: Callable[[], int]) -> int:
    """Exit code of `work`; foreseeable faults become their sentence on standard error."""
    try:
        return work()
    except Trouble as trouble:
        print(trouble, file=sys.stderr, flush=True)
        return trouble.code
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            sentence = Trouble("磁盘已满，请清理后重试", "The disk is full: make room and try again")
        elif fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            sentence = Trouble(f"无权读写 {fault.filename}，请检查权限", f"No permission for {fault.filename}")
        else:
            raise
        print(sentence, file=sys.stderr, flush=True)
        return sentence.code
    except KeyboardInterrupt:
        return 130
