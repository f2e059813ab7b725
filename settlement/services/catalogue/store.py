"""The region's store: which catalogues an institution reads, and who may write one now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from portal.gateway.channels.models import Channel
from portal.gateway.national import NATIONAL
from settlement.models import Catalogue, CatalogueArrival
from settlement.rules.catalogue import SHAPES
from settlement.services.refusals import Refused

#: Seconds a catalogue stays with whoever downloads it without a sign of life.
HELD = 180
NO_REGION = "本机构的国家医保接口还没有配置医保区划，请先在系统配置中填写"


def centre_of(environment: str) -> dict[str, str]:
    """Whose catalogues the open institution reads: its channel's region and host, "" while it has none.

    The host is part of it, so that what a sandbox invents never stands beside what a centre says.
    """
    channels = Channel.objects.filter(gateway=NATIONAL.name, environment=environment)
    region, address = channels.values_list("region", "base_url").first() or ("", "")
    return {"region": str(region), "host": urlsplit(str(address)).netloc.lower()[:200]}


def region_of(environment: str) -> str:
    """The region of the open institution's channel, "" while it has none."""
    return centre_of(environment)["region"]


def required_region(environment: str) -> str:
    """The same; raises Refused when there is none."""
    region = region_of(environment)
    if not region:
        raise Refused(NO_REGION)
    return region


def catalogues_of(environment: str) -> QuerySet[Catalogue]:
    """The catalogues that the open institution reads in this environment."""
    return Catalogue.objects.filter(environment=environment, **centre_of(environment))


def keep_catalogue(environment: str, number: str) -> Catalogue:
    """The row of that catalogue, made where there is none yet; LookupError for a number that is no catalogue."""
    if number not in SHAPES:
        raise LookupError(f"{number} is no catalogue")
    where = centre_of(environment)
    rows = Catalogue.objects.filter(environment=environment)
    found = rows.get_or_create(environment=environment, number=number, region=where["region"], host=where["host"])
    return found[0]


def take(catalogue: Catalogue, holder: UUID) -> bool:
    """Whether this job may write the catalogue now; takes it when nobody else has it, and keeps it otherwise."""
    free = Q(holder=holder) | Q(held_until__isnull=True) | Q(held_until__lt=Now())
    until = Now() + timedelta(seconds=HELD)
    return bool(Catalogue.objects.filter(free, pk=catalogue.pk).update(holder=holder, held_until=until))


def leave(catalogue: Catalogue, holder: UUID) -> None:
    """Give it back."""
    Catalogue.objects.filter(pk=catalogue.pk, holder=holder).update(holder=None, held_until=None)


def forget_arrivals(catalogue: Catalogue) -> None:
    """What an interrupted download had read so far."""
    CatalogueArrival.objects.filter(catalogue=catalogue).delete()


def held_numbers(environment: str) -> set[str]:
    """Catalogues that somebody in the region is downloading now."""
    return set(catalogues_of(environment).filter(held_until__gt=Now()).values_list("number", flat=True))


def known_numbers(numbers: Iterable[str]) -> list[str]:
    """These numbers in the interface's order; Refused when one is no catalogue, or there is none."""
    wanted = set(numbers)
    if not wanted:
        raise Refused("请选择要下载的目录", "numbers")
    if unknown := sorted(wanted - SHAPES.keys()):
        raise Refused(f"没有这样的目录：{'、'.join(unknown)}", "numbers")
    return [number for number in SHAPES if number in wanted]
