"""Triggers of the journal, as migration 0001 made them: what the application forgets, the database refuses (design 3.2).

`app.rotation = on` (SET LOCAL, by rotate_keys) lets sealed columns be encrypted anew, and nothing else.
"""

OPERATION = """
CREATE FUNCTION gateway_operation_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    last text;
    step text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'operation %: never deleted', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT ((NEW.state = 'draft' AND NEW.four_eyes AND NOT NEW.recovered)
             OR (NEW.state = 'queued' AND NOT NEW.four_eyes AND NOT NEW.recovered)
             OR (NEW.state = 'in_doubt' AND NEW.recovered))
           OR NEW.version <> 1 OR NEW.approved_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'operation %: may not begin as %', NEW.id, NEW.state USING ERRCODE = 'check_violation';
        END IF;
        NEW.created_at := clock_timestamp();
        NEW.state_since := NEW.created_at;
        RETURN NEW;
    END IF;

    IF coalesce(current_setting('app.rotation', true), '') = 'on'
       AND to_jsonb(NEW) - 'request' - 'reply' = to_jsonb(OLD) - 'request' - 'reply' THEN
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.institution_id, NEW.gateway, NEW.environment, NEW.kind, NEW.four_eyes, NEW.created_at,
        NEW.created_by_id) IS DISTINCT FROM
       (OLD.id, OLD.institution_id, OLD.gateway, OLD.environment, OLD.kind, OLD.four_eyes, OLD.created_at,
        OLD.created_by_id) THEN
        RAISE EXCEPTION 'operation %: its identity never changes', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (OLD.state = 'draft' AND NEW.state = 'draft')
       AND (NEW.request, NEW.request_hash, NEW.business_key, NEW.expected, NEW.title, NEW.subject) IS DISTINCT FROM
           (OLD.request, OLD.request_hash, OLD.business_key, OLD.expected, OLD.title, OLD.subject) THEN
        RAISE EXCEPTION 'operation %: the request is fixed once it is no draft', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version < OLD.version OR NEW.attempts < OLD.attempts OR (OLD.recovered AND NOT NEW.recovered) THEN
        RAISE EXCEPTION 'operation %: version, attempts and recovered only grow', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.approved_by_id, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at)
       AND NOT (OLD.state = 'draft' AND NEW.state = 'approved') THEN
        RAISE EXCEPTION 'operation %: approved once, as a draft', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('done', 'rejected', 'reversed', 'refused', 'withdrawn')
       AND (NEW.finished_at, NEW.reply, NEW.code) IS DISTINCT FROM (OLD.finished_at, OLD.reply, OLD.code) THEN
        RAISE EXCEPTION 'operation %: its result never changes', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        IF NEW.attempts <> OLD.attempts AND NOT NEW.recovered THEN
            RAISE EXCEPTION 'operation %: an attempt is counted when it is sent', OLD.id
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.state_since := OLD.state_since;
        RETURN NEW;
    END IF;

    step := OLD.state || ' > ' || NEW.state;
    IF step NOT IN (
        'draft > approved', 'draft > refused', 'draft > withdrawn', 'draft > in_doubt',
        'approved > queued', 'approved > withdrawn', 'approved > in_doubt',
        'queued > sending', 'queued > withdrawn', 'queued > in_doubt',
        'sending > done', 'sending > rejected', 'sending > in_doubt', 'sending > queued',
        'in_doubt > resolving',
        'resolving > done', 'resolving > queued', 'resolving > reversing', 'resolving > manual',
        'reversing > reversed', 'reversing > manual',
        'manual > done', 'manual > queued', 'manual > rejected', 'manual > reversing') THEN
        RAISE EXCEPTION 'operation %: % is no legal transition', OLD.id, step USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'operation %: a transition raises the version by one', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.attempts <> OLD.attempts AND NOT (step = 'queued > sending' AND NEW.attempts = OLD.attempts + 1) THEN
        RAISE EXCEPTION 'operation %: an attempt is counted when it is sent', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF step = 'queued > sending' AND NEW.attempts <> OLD.attempts + 1 THEN
        RAISE EXCEPTION 'operation %: sending counts an attempt', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF step = 'draft > approved' AND (NEW.approved_by_id IS NULL OR NEW.approved_by_id = NEW.created_by_id) THEN
        RAISE EXCEPTION 'operation %: approved by a second person', OLD.id USING ERRCODE = 'check_violation';
    END IF;

    SELECT outcome INTO last FROM gateway_attempt
     WHERE institution_id = NEW.institution_id AND operation_id = NEW.id AND n = OLD.attempts;
    IF (step = 'sending > done' AND last IS DISTINCT FROM 'ok')
       OR (step = 'sending > rejected' AND last IS DISTINCT FROM 'rejected')
       OR (step = 'sending > queued' AND last IS DISTINCT FROM 'not_sent')
       OR (NEW.state = 'in_doubt' AND (last IS NULL OR last NOT IN ('unknown', 'ok_unparsed')))
       OR (step IN ('draft > in_doubt', 'approved > in_doubt', 'queued > in_doubt') AND NOT NEW.recovered) THEN
        RAISE EXCEPTION 'operation %: % does not follow from its last attempt (%)', OLD.id, step, coalesce(last, 'none')
            USING ERRCODE = 'check_violation';
    END IF;

    IF step IN ('resolving > done', 'resolving > queued', 'resolving > reversing') AND NOT EXISTS (
        SELECT 1 FROM gateway_evidence e
         WHERE e.institution_id = NEW.institution_id AND e.operation_id = NEW.id AND e.version = OLD.version
           AND e.method <> 'proposal'
           AND e.verdict = CASE NEW.state WHEN 'queued' THEN 'not_applied' ELSE 'applied' END) THEN
        RAISE EXCEPTION 'operation %: % needs evidence', OLD.id, step USING ERRCODE = 'check_violation';
    END IF;
    IF step = 'resolving > queued' AND EXISTS (
        SELECT 1 FROM gateway_attempt a
         WHERE a.institution_id = NEW.institution_id AND a.operation_id = NEW.id
           AND a.outcome IN ('ok', 'ok_unparsed')) THEN
        RAISE EXCEPTION 'operation %: the gateway accepted it once, it is never repeated', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'manual' AND NOT EXISTS (
        SELECT 1 FROM gateway_evidence e
         WHERE e.institution_id = NEW.institution_id AND e.operation_id = NEW.id AND e.version = OLD.version
           AND e.method = 'people' AND e.decided_by_id <> e.confirmed_by_id
           AND e.verdict = CASE WHEN NEW.state IN ('queued', 'rejected') THEN 'not_applied' ELSE 'applied' END) THEN
        RAISE EXCEPTION 'operation %: % needs evidence by two people', OLD.id, step USING ERRCODE = 'check_violation';
    END IF;
    NEW.state_since := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER gateway_operation_guard BEFORE INSERT OR UPDATE OR DELETE ON gateway_operation
    FOR EACH ROW EXECUTE FUNCTION gateway_operation_guard();
"""

ATTEMPT = """
CREATE FUNCTION gateway_attempt_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    its gateway_operation;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'attempt %: never deleted', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.operation_id IS NOT NULL THEN
            SELECT * INTO its FROM gateway_operation
             WHERE institution_id = NEW.institution_id AND id = NEW.operation_id;
            IF NEW.n IS DISTINCT FROM its.attempts
               OR NOT (its.state = 'sending' AND NEW.outcome = '' OR its.recovered AND NEW.outcome = 'unknown') THEN
                RAISE EXCEPTION 'attempt %: its operation is not being sent', NEW.id USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        RETURN NEW;
    END IF;
    IF coalesce(current_setting('app.rotation', true), '') = 'on'
       AND to_jsonb(NEW) - 'raw_request' - 'raw_reply' = to_jsonb(OLD) - 'raw_request' - 'raw_reply' THEN
        RETURN NEW;
    END IF;
    IF OLD.outcome <> '' THEN
        RAISE EXCEPTION 'attempt %: finished, never changed', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.id, NEW.institution_id, NEW.operation_id, NEW.gateway, NEW.environment, NEW.kind, NEW.n, NEW.msgid,
        NEW.fence, NEW.sent_at, NEW.raw_request) IS DISTINCT FROM
       (OLD.id, OLD.institution_id, OLD.operation_id, OLD.gateway, OLD.environment, OLD.kind, OLD.n, OLD.msgid,
        OLD.fence, OLD.sent_at, OLD.raw_request) THEN
        RAISE EXCEPTION 'attempt %: what was sent never changes', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gateway_attempt_guard BEFORE INSERT OR UPDATE OR DELETE ON gateway_attempt
    FOR EACH ROW EXECUTE FUNCTION gateway_attempt_guard();
"""

EVIDENCE = """
CREATE FUNCTION gateway_evidence_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.version IS DISTINCT FROM (
            SELECT version FROM gateway_operation
             WHERE institution_id = NEW.institution_id AND id = NEW.operation_id) THEN
            RAISE EXCEPTION 'evidence %: gathered for another version of its operation', NEW.id
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND coalesce(current_setting('app.rotation', true), '') = 'on'
       AND to_jsonb(NEW) - 'answered' = to_jsonb(OLD) - 'answered' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'evidence %: never changed', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER gateway_evidence_guard BEFORE INSERT OR UPDATE OR DELETE ON gateway_evidence
    FOR EACH ROW EXECUTE FUNCTION gateway_evidence_guard();
"""

GUARDS = OPERATION + ATTEMPT + EVIDENCE
NO_GUARDS = "".join(
    f"DROP TRIGGER IF EXISTS {name}_guard ON {name}; DROP FUNCTION IF EXISTS {name}_guard();"
    for name in ("gateway_operation", "gateway_attempt", "gateway_evidence")
)
