"""What people fill in; the services check the same things again, because hospital systems have no forms."""

from clearing.forms.reasons import ReasonForm
from clearing.forms.scope import ScopeForm, WideScopeForm, YearField, codes, last_year, year_choices

__all__ = ["ReasonForm", "ScopeForm", "WideScopeForm", "YearField", "codes", "last_year", "year_choices"]
