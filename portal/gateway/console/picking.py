"""Which transactions there are to choose from, found by code, title or the first letters of its pinyin."""

from __future__ import annotations

from dataclasses import dataclass

from portal.access.member import Member
from portal.codes.initials import initials
from portal.gateway.channels.models import Channel
from portal.gateway.console.services import Kind, is_wires_own
from portal.gateway.messages import Gateway, edition_in_use, gateways, headings, request_class


@dataclass(frozen=True)
class Transaction:
    """A transaction for a template, which would call the class itself."""

    gateway: Gateway
    code: str
    title: str
    safe: bool
    undo: str
    check: str
    own: bool

    @classmethod
    def of(cls, kind: Kind) -> Transaction:
        return cls(kind.gateway, kind.code, kind.title, kind.safe, kind.undo, kind.check, is_wires_own(kind))


@dataclass(frozen=True)
class Offered:
    """One gateway with those of its transactions that were looked for. `note` says why nothing can be sent there."""

    gateway: Gateway
    kinds: list[Transaction]
    note: str


def offered(member: Member, words: str = "", name: str = "") -> list[Offered]:
    """Every gateway that has transactions with these words; inside the door."""
    environment = member.institution.environment if member.institution else ""
    channels = {one.gateway: one for one in Channel.objects.filter(environment=environment)}
    found = []
    for gateway in gateways():
        edition = edition_in_use(gateway, environment)
        known = (request_class(gateway, one.code, edition) for one in headings(gateway, edition))
        kinds = [Transaction.of(one) for one in known if matches(one, words.strip().lower())]
        if kinds and (not name or gateway.name == name):
            found.append(Offered(gateway, kinds, note_of(channels.get(gateway.name))))
    return found


def note_of(channel: Channel | None) -> str:
    if channel is None:
        return "本机构还没有配置这个接口，可以填写和校验，不能发送"
    return "" if channel.is_active else "这个接口已在系统配置中停用，可以填写和校验，不能发送"


def matches(kind: Kind, word: str) -> bool:
    """Whether somebody who typed this word (small letters) may mean this transaction."""
    names = (kind.code, *kind.aliases)
    return not word or any(word in one.lower() for one in names) or word in kind.title or word in initials(kind.title)
