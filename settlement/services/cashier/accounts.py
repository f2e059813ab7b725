"""Prepaid accounts: one a card, opened with its first movement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.vault import blind_indexes
from portal.vault.masks import mask_identity, mask_name
from settlement.actions import ACCOUNT_NAMED, ACCOUNT_OPENED
from settlement.models import AccountType, PrepaidAccount
from settlement.rules.money import card_fault
from settlement.services.refusals import Refused


@dataclass(frozen=True)
class Holder:
    """Whose account it is, and by which card the platform finds it."""

    card_type: str
    card_no: str
    patient_id: str
    name: str
    document: str = ""
    account_type: str = AccountType.OUTPATIENT


def open_account(holder: Holder, *, by: Member) -> PrepaidAccount:
    """The account of this card, made when there is none; Refused with everything that is wrong."""
    faults = card_fault(holder.card_type, holder.card_no, holder.patient_id, holder.name, holder.account_type)
    if faults:
        raise Refused.of(faults)
    environment = environment_for(by)
    if found := find(holder, environment):
        return named(found, holder, by=by)
    account = PrepaidAccount(
        environment=environment,
        account_type=holder.account_type,
        card_type=holder.card_type,
        card_no=holder.card_no,
        card_masked=mask_identity(holder.card_no),
        patient_id=holder.patient_id,
        name=holder.name,
        name_masked=mask_name(holder.name),
        document=holder.document or None,
        document_masked=mask_identity(holder.document) if holder.document else "",
        created_as=by.label[:100],
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        other = find(holder, environment)
        if other is None:
            raise
        return other
    record(ACCOUNT_OPENED, account, by=by, account=str(account))
    return account


def named(account: PrepaidAccount, holder: Holder, *, by: Member) -> PrepaidAccount:
    """By the name and number that were shown now: what was typed once may have been wrong."""
    known = account.document.reveal() if account.document else ""
    if account.name.reveal() != holder.name or (holder.document and known != holder.document):
        account.name, account.name_masked = holder.name, mask_name(holder.name)
        if holder.document:
            account.document, account.document_masked = holder.document, mask_identity(holder.document)
        account.save(update_fields=["name", "name_masked", "document", "document_index", "document_masked"])
        record(ACCOUNT_NAMED, account, by=by, account=str(account))
    return account


def find(holder: Holder, environment: str) -> PrepaidAccount | None:
    """The account of this card and patient, by the card's keyed index."""
    rows = PrepaidAccount.objects.filter(environment=environment, account_type=holder.account_type)
    rows = rows.filter(card_type=holder.card_type, patient_id=holder.patient_id)
    return rows.filter(card_no_index__in=blind_indexes(holder.card_no)).first()


def balance_told(account: PrepaidAccount, balance: Decimal | None) -> None:
    """Keep what the platform last said about the account."""
    if balance is not None:
        PrepaidAccount.objects.filter(pk=account.pk).update(balance=balance, balance_at=timezone.now())
