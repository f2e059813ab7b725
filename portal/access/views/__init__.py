from portal.access.views.sign_in import locked_out

__all__ = ["locked_out"]  # settings.AXES_LOCKOUT_CALLABLE names it
