import django.db.models.expressions
from django.db import migrations, models

#: Records wait here until their transaction commits; only then is the chain's head locked, so that a long transaction
#: keeps nobody else from recording, and chains are always locked in the same order (no deadlocks).
#: PostgreSQL's way of doing something "just before commit" is a deferred constraint trigger on a table of its own.
#: Rows never outlive their transaction, hence unlogged.
WAITING = """
CREATE UNLOGGED TABLE app.audit_pending (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id bigint GENERATED ALWAYS AS IDENTITY,
    chain bigint NOT NULL,
    at timestamptz NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (xid, id)
);
REVOKE ALL ON app.audit_pending FROM PUBLIC;

-- The only way in. An institution's side writes its own chain and the platform's (0); the platform's side writes any.
CREATE FUNCTION app.audit_append(p_chain bigint, p_body text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    scope text := coalesce(current_setting('app.scope', true), '');
BEGIN
    IF scope NOT IN ('institution', 'platform') THEN
        RAISE EXCEPTION 'no institution set' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF p_chain <> 0 AND scope = 'institution' AND p_chain IS DISTINCT FROM app.cur_inst() THEN
        RAISE EXCEPTION 'chain % belongs to another institution', p_chain USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM public.audit_head WHERE chain = p_chain) THEN
        RAISE EXCEPTION 'there is no chain %', p_chain USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF coalesce(p_body::jsonb #>> '{action}', '') = '' OR p_body::jsonb #>> '{who,id}' IS NULL THEN
        RAISE EXCEPTION 'a record names its action and who did it' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO app.audit_pending (chain, at, body) VALUES (p_chain, clock_timestamp(), p_body);
END $$;

-- Runs once for each waiting record; the first run chains all of them, so a head is updated once a transaction.
CREATE FUNCTION app.audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    waiting record;
    now_in bigint;
    s bigint;
    h bytea;
    n bytea;
BEGIN
    PERFORM FROM app.audit_pending WHERE xid = NEW.xid AND id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    FOR waiting IN SELECT * FROM app.audit_pending WHERE xid = NEW.xid ORDER BY chain, id LOOP
        IF waiting.chain IS DISTINCT FROM now_in THEN
            UPDATE public.audit_head SET seq = s, hash = h WHERE chain = now_in;
            SELECT head.seq, head.hash INTO STRICT s, h FROM public.audit_head head
            WHERE head.chain = waiting.chain FOR UPDATE;
            now_in := waiting.chain;
        END IF;
        s := s + 1;
        n := public.digest(
            int8send(waiting.chain) || int8send(s) || h
            || convert_to(to_char(waiting.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8')
            || public.digest(convert_to(waiting.body, 'UTF8'), 'sm3'),
            'sm3'
        );
        INSERT INTO public.audit_event (chain, seq, at, body, prev, hash)
        VALUES (waiting.chain, s, waiting.at, waiting.body, h, n);
        h := n;
    END LOOP;
    UPDATE public.audit_head SET seq = s, hash = h WHERE chain = now_in;
    DELETE FROM app.audit_pending WHERE xid = NEW.xid;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_pending_chained AFTER INSERT ON app.audit_pending
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.audit_chain();
"""

#: Append-only for the owner too, and a head only moves forward.
ONLY_FORWARD = """
CREATE FUNCTION app.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER only_forward BEFORE UPDATE ON audit_head
FOR EACH ROW WHEN (NEW.chain <> OLD.chain OR NEW.seq <= OLD.seq) EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON audit_head
FOR EACH ROW EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_head
FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();
"""

#: A chain is there as soon as its institution is, so a chain without a head is one that somebody removed.
OPENED = """
CREATE FUNCTION app.audit_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_head (chain, seq, hash) VALUES (NEW.id, 0, decode(repeat('00', 32), 'hex'));
    RETURN NULL;
END $$;
CREATE TRIGGER audit_chain_opened AFTER INSERT ON access_institution
FOR EACH ROW EXECUTE FUNCTION app.audit_open();
INSERT INTO audit_head (chain, seq, hash)
SELECT id, 0, decode(repeat('00', 32), 'hex') FROM access_institution
UNION ALL SELECT 0, 0, decode(repeat('00', 32), 'hex');
"""

#: The chains' own wall (portal.access.walls builds those of tables with an institution_id): an institution reads its
#: chain, the platform's side reads chain 0, and of the other chains only where they end. The owner's policies let the
#: functions above work; the app role is granted SELECT only.
WALL = """
ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_event FORCE ROW LEVEL SECURITY;
CREATE POLICY chain ON audit_event FOR SELECT
USING (chain = CASE WHEN app.is_platform() THEN 0 ELSE app.cur_inst() END);
CREATE POLICY owner ON audit_event TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
CREATE POLICY chain ON audit_head FOR SELECT
USING (CASE WHEN app.is_platform() THEN true ELSE chain = app.cur_inst() END);
CREATE POLICY owner ON audit_head TO CURRENT_USER USING (true) WITH CHECK (true);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("chain", models.BigIntegerField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "verbose_name": "日志链尾",
                "verbose_name_plural": "日志链尾",
                "ordering": ["chain"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.BigIntegerField(verbose_name="链")),
                ("seq", models.BigIntegerField(verbose_name="序号")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("body", models.TextField(verbose_name="内容")),
                ("prev", models.BinaryField(verbose_name="上一条摘要")),
                ("hash", models.BinaryField(verbose_name="摘要")),
                (
                    "action",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.RawSQL("(body::jsonb #>> '{action}')", []),
                        output_field=models.TextField(),
                        verbose_name="操作代码",
                    ),
                ),
                (
                    "actor",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.RawSQL("(body::jsonb #>> '{who,id}')", []),
                        output_field=models.TextField(),
                        verbose_name="操作人编号",
                    ),
                ),
                (
                    "object_id",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.RawSQL("(body::jsonb #>> '{object,id}')", []),
                        output_field=models.TextField(null=True),
                        verbose_name="对象编号",
                    ),
                ),
            ],
            options={
                "verbose_name": "操作日志",
                "verbose_name_plural": "操作日志",
                "ordering": ["chain", "-seq"],
                "indexes": [
                    models.Index(fields=["chain", "at"], name="audit_event_at"),
                    models.Index(fields=["chain", "action", "seq"], name="audit_event_action"),
                    models.Index(fields=["chain", "actor", "seq"], name="audit_event_actor"),
                ],
                "constraints": [models.UniqueConstraint(fields=("chain", "seq"), name="audit_event_place")],
            },
        ),
        migrations.RunSQL(WAITING),
        migrations.RunSQL(ONLY_FORWARD),
        migrations.RunSQL(WALL),
        migrations.RunSQL(OPENED),
    ]
