"""Fees go to the centre in batches that can neither double nor get lost (design 3.4).

start_upload → freeze → the centre's sums are what we know → batch after batch → the centre's sums are ours → complete.
"""

from injury.services.uploading import promises  # noqa: F401  what invariants checks
from injury.services.uploading.driving import drive, waiting_epochs
from injury.services.uploading.epochs import UPLOAD, automatic, job_of, work
from injury.services.uploading.outcomes import Uploading
from injury.services.uploading.scheduling import run_schedule, save_schedule, schedule_of, start_all
from injury.services.uploading.starting import start_check, start_obstacle, start_upload
from injury.services.uploading.wiping import request_wipe

__all__ = [
    "UPLOAD",
    "Uploading",
    "automatic",
    "drive",
    "job_of",
    "request_wipe",
    "run_schedule",
    "save_schedule",
    "schedule_of",
    "start_all",
    "start_check",
    "start_obstacle",
    "start_upload",
    "waiting_epochs",
    "work",
]
