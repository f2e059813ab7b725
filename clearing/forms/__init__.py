"""What people fill in; the services check the same things again, because hospital systems have no forms."""

from clearing.forms.papers import PaperForm, YearPaperForm
from clearing.forms.reasons import ReasonForm
from clearing.forms.scope import ScopeForm, WideScopeForm, YearField, codes, last_year, year_choices

__all__ = [
    "PaperForm",
    "ReasonForm",
    "ScopeForm",
    "WideScopeForm",
    "YearField",
    "YearPaperForm",
    "codes",
    "last_year",
    "year_choices",
]
