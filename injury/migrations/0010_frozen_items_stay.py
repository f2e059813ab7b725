"""What is on its way to the centre, or there, is never changed: the database refuses what a program might forget."""

from django.db import migrations

#: What the centre was or will be told of an item; how it stands (state, held, rejected) changes with the answers.
CONTENT = (
    *(
        "admission_id",
        "line_id",
        "prescription",
        "prescribed_on",
        "days",
        "own_code",
        "own_name",
        "common_name",
        "kind",
    ),
    *("own_category", "own_grade", "centre_code", "centre_name", "category", "grade", "version", "price", "quantity"),
    *("amount", "dosage_form", "specification", "maker", "advice_no", "trace_codes", "is_unrelated", "is_rescue"),
    *("remark", "explanation", "refunds_id"),
)
OLD, NEW = (", ".join(f"{row}.{name}" for name in CONTENT) for row in ("OLD", "NEW"))

# Named columns: an update of the state alone does not even ask.
FORWARDS = f"""
CREATE FUNCTION injury_feeitem_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'fee item %: its content is fixed once it is frozen', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER injury_feeitem_guard BEFORE UPDATE OF {", ".join(CONTENT)} ON injury_feeitem
    FOR EACH ROW WHEN (OLD.state IN ('frozen', 'uploaded', 'doubtful') AND ({OLD}) IS DISTINCT FROM ({NEW}))
    EXECUTE FUNCTION injury_feeitem_guard();
"""
BACKWARDS = "DROP TRIGGER injury_feeitem_guard ON injury_feeitem; DROP FUNCTION injury_feeitem_guard()"


class Migration(migrations.Migration):
    dependencies = [("injury", "0009_states_in_no_index")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
