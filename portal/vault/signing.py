"""The SM2 key that signs audit checkpoints: a file beside the master keys, made on first use."""

import json
import os
from pathlib import Path

from django.conf import settings

from portal.gateway.crypto.errors import WrongKey
from portal.gateway.crypto.sm2 import SM2, generate
from portal.vault.keys import NoKey, write_secret


def key_file() -> Path:
    return Path(settings.MASTER_KEY_FILE).parent / "checkpoint_key.json"


def signing_key() -> SM2:
    """The key that signs; generated (mode 0400) when there is none yet."""
    path = key_file()
    if not path.exists():
        private, public = generate()
        draft = path.with_name(f"{path.name}.new.{os.getpid()}")
        try:
            write_secret(draft, json.dumps({"private": private, "public": public}))
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its key counts
        except OSError as error:
            raise NoKey(f"无法写入检查点签名密钥 {path}：{error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)
    return _read(path)


def verifying_key() -> SM2:
    """The key that checkpoints must be signed with; raises NoKey when this machine has none."""
    if not key_file().exists():
        raise NoKey(f"没有检查点签名密钥 {key_file()}，无法验证检查点")
    return _read(key_file())


def _read(path: Path) -> SM2:
    try:
        return SM2(private_key=json.loads(path.read_text())["private"])
    except OSError as error:
        raise NoKey(f"无法读取检查点签名密钥 {path}：{error.strerror}") from error
    except (ValueError, KeyError, TypeError, WrongKey):
        raise NoKey(f"检查点签名密钥 {path} 已损坏") from None
