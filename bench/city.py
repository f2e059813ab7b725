"""A city of clearing rows in a scratch database, made by the database itself."""

from __future__ import annotations

import logging

from django.test import Client
from psycopg import sql

from bench.scratch import owner, scratch_database

TABLES = ("clearing_generation", "clearing_clearingrow")
YEARS = (2021, 2022, 2023, 2024, 2025)
ROWS = 200  # of one institution
PEOPLE = 50

INSTITUTIONS = """
INSERT INTO access_institution (public_id, code, name, kind, region, level, inpatient_chronic, cross_region, maternity,
    per_capita, four_eyes, environment, is_active)
SELECT gen_random_uuid(), 'B' || lpad(n::text, 11, '0'), '样例' || n || '号医院', 'hospital', '140200', '', true, true,
    true, false, true, 'production', true
FROM generate_series(1, {institutions}) n
"""
GENERATIONS = """
INSERT INTO clearing_generation (id, institution_id, environment, year, insurance, agency, state, batch_no, count,
    fund_due, disburse, requested_at, note)
SELECT gen_random_uuid(), i.id, 'production', year, '001', '', 'ready', 'B' || i.id, 40, 0, 0, now(), ''
FROM access_institution i, unnest(ARRAY[{years}]) year WHERE i.code LIKE 'B%'
"""
#: Year by year, institution by institution: as they were fetched.
CLEARING_ROWS = """
INSERT INTO clearing_clearingrow (id, institution_id, environment, year, insurance, agency, row_id, provider_code,
    provider_name, provider_type, region, visit_type, clearing_type, visit_count, medical_fee, fund_due, monthly_paid,
    deposit, deduction, score, deposit_refund, disburse, state, generation_id, fetched_at, findings, finding_count,
    accepted_reason, accepted_four_eyes, verified_as)
SELECT lpad(to_hex(row_number() OVER (ORDER BY g.year, g.institution_id)), 32, '0')::uuid, g.institution_id,
    'production', g.year, '001', (ARRAY['001', '002', '003'])[1 + n % 3], g.year || '-' || g.institution_id || '-' || n,
    'H' || lpad((n * 7919 % 100000)::text, 11, '0'), '样例' || n || '号卫生院', 'hospital', '140213',
    (ARRAY['001', '002', '003'])[1 + n % 3], '21', n, n * 100.5, n * 90.25, n * 80, 5, 1, 95.5, 5, n * 10.25 - 6,
    (ARRAY['generated', 'verified', 'applied', 'revoked'])[1 + n % 4], g.id, now(), '[]',
    CASE WHEN n % 20 = 0 THEN 1 ELSE 0 END, '', false, ''
FROM clearing_generation g, generate_series(1, {rows}) n
"""
#: Filling a million rows into all of them takes longer than making them afterwards.
INDEXES = """
SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = 'clearing_clearingrow'::regclass AND NOT x.indisunique
"""


def build(institutions: int) -> None:
    """Institutions, their batches and rows; nothing when this scratch database has them."""
    if not scratch_database(f"_{institutions}"):
        return
    numbers = {"institutions": institutions, "rows": ROWS // len(YEARS), "years": ", ".join(map(str, YEARS))}
    with owner() as database:
        # The owner is behind the walls, too, and these rows belong to everybody.
        for table in TABLES:
            database.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        indexes = database.execute(INDEXES).fetchall()
        for name, _ in indexes:
            database.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for statement in (INSTITUTIONS, GENERATIONS, CLEARING_ROWS):
            database.execute(statement.format(**numbers))
        for _, definition in indexes:
            database.execute(definition)
        for table in TABLES:
            database.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        database.execute("VACUUM ANALYZE")
    people(institutions)


def people(institutions: int) -> None:
    """Clerks, spread over the city."""
    from portal.access.door import tenant_tx
    from portal.access.models import Institution, Membership, User

    for number in range(PEOPLE):
        place = Institution.objects.get(code=f"B{1 + number * institutions // PEOPLE:011d}")
        user = User(username=f"clerk{number}", full_name=f"经办{number}", must_change_password=False, managed_by=place)
        user.set_unusable_password()
        user.save()
        with tenant_tx(place.pk):
            Membership.objects.create(institution=place, user=user, roles=["clerk"])


def browsers() -> list[Client]:
    """One for each person, signed in."""
    from portal.access.models import User

    logging.getLogger("axes").setLevel(logging.WARNING)  # four lines a sign-in otherwise
    found = []
    for user in User.objects.filter(username__startswith="clerk"):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        user.session_key = client.session.session_key or ""
        user.save(update_fields=["session_key"])
        found.append(client)
    return found
