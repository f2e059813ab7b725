from portal.access.forms.account import CodeForm, ForgotForm, PasswordForm, SignInForm, TokenForm
from portal.access.forms.institution import (
    AddPersonForm,
    AppointForm,
    GlassForm,
    InstitutionChangeForm,
    InstitutionForm,
    UserForm,
)
from portal.access.forms.member import InviteForm, KeyForm, RolesForm

__all__ = [
    "AddPersonForm",
    "AppointForm",
    "CodeForm",
    "ForgotForm",
    "GlassForm",
    "InstitutionChangeForm",
    "InstitutionForm",
    "InviteForm",
    "KeyForm",
    "PasswordForm",
    "RolesForm",
    "SignInForm",
    "TokenForm",
    "UserForm",
]
