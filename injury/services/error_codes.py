"""The table of documented errors follows the file that the gateway's refusals are made of."""

from typing import Any

from django.db import connection, transaction

from injury.messages.errors import documented_errors
from injury.messages.gateway import CODES
from injury.models import ErrorCode
from portal.codes.initials import initials


def keep_error_codes(**_: Any) -> None:
    """After each migrate, as the owner: put the rows of the file into the table where they differ."""
    with transaction.atomic(), connection.cursor() as cursor:
        if ErrorCode._meta.db_table not in connection.introspection.table_names(cursor):
            return  # migrated back to before it
        wanted = rows_of_file()
        names = [field.attname for field in ErrorCode._meta.concrete_fields]
        if [tuple(getattr(one, name) for name in names) for one in wanted] == list(
            ErrorCode.objects.order_by("number").values_list(*names)
        ):
            return
        ErrorCode.objects.all().delete()
        ErrorCode.objects.bulk_create(wanted)


def rows_of_file() -> list[ErrorCode]:
    """Every row of 5.2, in its order; the doubles too."""
    return [
        ErrorCode(
            number=number,
            section=one.section,
            code=one.code,
            mark=one.mark,
            text=one.text,
            initials=initials(one.text)[:300],
            next_step=one.next_step,
            definite=one.definite,
        )
        for number, one in enumerate(documented_errors(CODES / "errors.json"), start=1)
    ]
