"""The national catalogues: downloaded by version, kept for the region, found by code, name and initials."""

from settlement.services.catalogue.downloading import DOWNLOAD, Means, NotDownloaded, ask_download, download_all
from settlement.services.catalogue.refreshing import refresh_of, run_refresh, save_refresh
from settlement.services.catalogue.searching import Found, current, find_items, matching, valid_on
from settlement.services.catalogue.store import catalogues_of, region_of

__all__ = [
    "DOWNLOAD",
    "Found",
    "Means",
    "NotDownloaded",
    "ask_download",
    "catalogues_of",
    "current",
    "download_all",
    "find_items",
    "matching",
    "refresh_of",
    "region_of",
    "run_refresh",
    "save_refresh",
    "valid_on",
]
