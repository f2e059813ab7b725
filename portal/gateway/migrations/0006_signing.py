from django.db import migrations

# One row a sender: the last second in which it sent, and the last number of that second. Taken by one statement, on the
# database's clock. The function runs as the owner, so the table is granted to nobody. Rows are updated in place (room is
# left in the page, no index covers what changes), so the table does not grow. `message_clock` stands apart for tests.
NUMBERS = """
CREATE TABLE app.message_stamp (
    sender text PRIMARY KEY CHECK (length(sender) BETWEEN 1 AND 30),
    second timestamp(0) NOT NULL,
    number integer NOT NULL CHECK (number BETWEEN 0 AND 9999)
) WITH (fillfactor = 20);
CREATE FUNCTION app.message_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';
CREATE FUNCTION app.next_message_stamp(wanted text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = app, pg_temp AS $$
DECLARE
    taken app.message_stamp;
BEGIN
    INSERT INTO app.message_stamp AS held (sender, second, number)
    VALUES (wanted, date_trunc('second', app.message_clock() AT TIME ZONE 'Asia/Shanghai'), 0)
    ON CONFLICT (sender) DO UPDATE SET
        -- A clock that went back keeps counting in the second that was reached, and then in the seconds after it.
        second = CASE WHEN excluded.second < held.second AND held.number = 9999 THEN held.second + interval '1 second'
                      ELSE greatest(excluded.second, held.second) END,
        number = CASE WHEN excluded.second > held.second OR held.number = 9999 THEN 0 ELSE held.number + 1 END
    WHERE excluded.second <> held.second OR held.number < 9999
    RETURNING * INTO taken;
    RETURN to_char(taken.second, 'YYYYMMDDHH24MISS') || lpad(taken.number::text, 4, '0');
END $$;
DROP FUNCTION app.next_message_number();
DROP SEQUENCE app.message_number;
"""
NO_NUMBERS = """
CREATE SEQUENCE app.message_number AS integer MINVALUE 0 MAXVALUE 9999 CYCLE;
CREATE FUNCTION app.next_message_number() RETURNS integer LANGUAGE sql SECURITY DEFINER
    SET search_path = app, pg_temp AS $$ SELECT nextval('app.message_number')::integer $$;
DROP FUNCTION app.next_message_stamp(text);
DROP FUNCTION app.message_clock();
DROP TABLE app.message_stamp;
"""


class Migration(migrations.Migration):
    dependencies = [("gateway", "0005_editions"), ("channels", "0002_settings_of_other_wires")]
    operations = [migrations.RunSQL(NUMBERS, NO_NUMBERS)]
