"""The journal's guard once more: what a gateway says came to nothing ends as rejected, with evidence like every end.

The lane is part of what an operation is: it never changes.
"""

from portal.gateway.migrations._guards import OPERATION

BEFORE = OPERATION.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
#: As migration 0003 left it.
BEFORE = BEFORE.replace(
    "(step = 'sending > queued' AND last IS DISTINCT FROM 'not_sent')",
    "(step = 'sending > queued' AND (last IS NULL OR last NOT IN ('not_sent', 'rejected')))",
)
CHANGES = (
    (
        "(NEW.id, NEW.institution_id, NEW.gateway, NEW.environment,",
        "(NEW.id, NEW.institution_id, NEW.gateway, NEW.lane, NEW.environment,",
    ),
    (
        "(OLD.id, OLD.institution_id, OLD.gateway, OLD.environment,",
        "(OLD.id, OLD.institution_id, OLD.gateway, OLD.lane, OLD.environment,",
    ),
    (
        "'resolving > queued', 'resolving > reversing',",
        "'resolving > queued', 'resolving > rejected', 'resolving > reversing',",
    ),
    (
        "IN ('resolving > done', 'resolving > queued', 'resolving > reversing')",
        "IN ('resolving > done', 'resolving > queued', 'resolving > rejected', 'resolving > reversing')",
    ),
    (
        "CASE NEW.state WHEN 'queued' THEN 'not_applied' ELSE 'applied' END",
        "CASE WHEN NEW.state IN ('queued', 'rejected') THEN 'not_applied' ELSE 'applied' END",
    ),
    (
        "IF step = 'resolving > queued' AND EXISTS",
        "IF step IN ('resolving > queued', 'resolving > rejected') AND EXISTS",
    ),
)
AFTER = BEFORE
for was, now in CHANGES:
    assert AFTER.count(was) == 1, was
    AFTER = AFTER.replace(was, now)
