"""What can be done in work injury; each service checks, changes, records and enqueues in one transaction."""

from injury.services.adopting import look_for_registration
from injury.services.centre_lists import ask_reports, ask_treatments
from injury.services.discharge import submit_discharge, undo_discharge
from injury.services.drafts import admit_again, begin_admission, drop_draft, save_draft, start_by_hand
from injury.services.drug_share import request_share, set_limits
from injury.services.enquiries import enquire
from injury.services.materials import upload_material
from injury.services.people import ask_about_person
from injury.services.refusals import Refused
from injury.services.registration import register_admission
from injury.services.sheets import request_sheet
from injury.services.undoing import undo_registration
from injury.services.uploaded_people import ask_uploaded

__all__ = [
    "Refused",
    "admit_again",
    "ask_about_person",
    "ask_reports",
    "ask_treatments",
    "ask_uploaded",
    "begin_admission",
    "drop_draft",
    "enquire",
    "look_for_registration",
    "register_admission",
    "request_share",
    "request_sheet",
    "save_draft",
    "set_limits",
    "start_by_hand",
    "submit_discharge",
    "undo_discharge",
    "undo_registration",
    "upload_material",
]
