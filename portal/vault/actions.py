"""What happens to the keys."""

from portal.audit import Action

MASTER_KEY_ADDED = Action("vault.master_key.added", "新增第 {version} 版主密钥", "新增主密钥")
RESEALED = Action("vault.rows.resealed", "以第 {version} 版主密钥重新加密 {count} 行", "重新加密")
