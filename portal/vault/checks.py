"""At start: the master keys are there, readable by this process and by nobody else."""

import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from portal.vault.keys import NoKey, keyring


@register()
def master_keys_can_be_read(app_configs: Any, **_: Any) -> list[CheckMessage]:
    try:
        keyring()
    except NoKey as error:
        return [Error(str(error), hint="PORTAL_MASTER_KEY_FILE 指向主密钥文件", id="vault.E001")]
    return []


@register(Tags.security)
def master_keys_are_private(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """0400 or 0600; a systemd credential (0440 in a folder of its own) is private by its folder."""
    path = Path(settings.MASTER_KEY_FILE)
    if not path.exists():
        return []  # vault.E001 says so
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & 0o077 or not stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        return []
    level = Error if settings.PRODUCTION else Warning
    return [
        level(f"主密钥文件 {path} 的权限是 {mode:04o}，其他账号也能读取", hint=f"chmod 0400 {path}", id="vault.E002")
    ]
