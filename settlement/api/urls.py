from django.urls import URLPattern, URLResolver, path

from settlement.api import cashier, filings, identity, outpatient, queries, records, settlements, stays, transactions

app_name = "settlement-api"
urlpatterns: list[URLPattern | URLResolver] = []

# --- identity and the security control
urlpatterns += [
    path("identifications", identity.Identifications.as_view(), name="identifications"),
    path("identifications/<uuid:identification_id>", identity.OneIdentification.as_view(), name="identification"),
    path("control-media", identity.ControlMedia.as_view(), name="control-media"),
]

# --- visits, purchases, settlements
urlpatterns += [
    path("visits", settlements.Visits.as_view(), name="visits"),
    path("visits/<uuid:visit_id>", settlements.OneVisit.as_view(), name="visit"),
    path("visits/<uuid:visit_id>/previews", settlements.Previews.as_view(), name="previews"),
    path("purchases", settlements.Purchases.as_view(), name="purchases"),
    path("purchases/<uuid:visit_id>/drops", settlements.PurchaseDrops.as_view(), name="purchase-drops"),
    path("settlements", settlements.Settlements.as_view(), name="settlements"),
    path("settlements/<uuid:settlement_id>", settlements.OneSettlement.as_view(), name="settlement"),
    path("settlements/<uuid:settlement_id>/settlement", settlements.SettleNow.as_view(), name="settle"),
    path(
        "settlements/<uuid:settlement_id>/cancellations",
        settlements.SettlementCancellations.as_view(),
        name="settlement-cancellations",
    ),
]

# --- the interface's transactions by number, acceptance, reversals
urlpatterns += [
    path("transactions", transactions.Transactions.as_view(), name="transactions"),
    path("transactions/<str:number>", transactions.OneTransaction.as_view(), name="transaction"),
    path("acceptance-runs", transactions.AcceptanceRuns.as_view(), name="acceptance-runs"),
    path("acceptance-runs/<uuid:run_id>", transactions.OneAcceptanceRun.as_view(), name="acceptance-run"),
    path("settlements/<uuid:settlement_id>/reversals", transactions.Reversals.as_view(), name="reversals"),
]

# --- queries and catalogues (5-信息查询, 1301 to 1319)
urlpatterns += [
    path("queries", queries.Queries.as_view(), name="queries"),
    path("queries/<uuid:enquiry_id>", queries.OneQuery.as_view(), name="query"),
    path("catalogue-entries", queries.CatalogueEntries.as_view(), name="catalogue-entries"),
]

# --- outpatients: 2201 to 2208
OUTPATIENT = "outpatient-visits/<uuid:visit_id>"
BILL = "bills/<uuid:bill_id>"
urlpatterns += [
    path("outpatient-visits", outpatient.OutpatientVisits.as_view(), name="outpatient-visits"),
    path(f"{OUTPATIENT}/registrations", outpatient.Registrations.as_view(), name="outpatient-registrations"),
    path(
        f"{OUTPATIENT}/registration-cancellations",
        outpatient.RegistrationCancellations.as_view(),
        name="outpatient-registration-cancellations",
    ),
    path(f"{OUTPATIENT}/diagnoses", outpatient.Diagnoses.as_view(), name="outpatient-diagnoses"),
    path(f"{OUTPATIENT}/bills", outpatient.VisitBills.as_view(), name="outpatient-bills"),
    path(f"{OUTPATIENT}/bill-cancellations", outpatient.AllCancellations.as_view(), name="outpatient-cancellations"),
    path(BILL, outpatient.OneBill.as_view(), name="bill"),
    path(f"{BILL}/lines", outpatient.BillLines.as_view(), name="bill-lines"),
    path(f"{BILL}/drops", outpatient.BillDrops.as_view(), name="bill-drops"),
    path(f"{BILL}/uploads", outpatient.BillUploads.as_view(), name="bill-uploads"),
    path(f"{BILL}/cancellations", outpatient.BillCancellations.as_view(), name="bill-cancellations"),
    path(f"{BILL}/corrections", outpatient.BillCorrections.as_view(), name="bill-corrections"),
    path(f"{BILL}/preview", outpatient.BillPreviews.as_view(), name="bill-preview"),
    path(f"{BILL}/settlement", outpatient.BillSettlements.as_view(), name="bill-settlement"),
]

# --- collected records: 4101 to 4701, 3301 to 3507
urlpatterns += [
    path("records", records.Records.as_view(), name="records"),
    path("records/<uuid:record_id>", records.OneRecord.as_view(), name="record"),
    path("records/<uuid:record_id>/cancellations", records.RecordCancellations.as_view(), name="record-cancellations"),
    path("records/<str:number>", records.RecordDeliveries.as_view(), name="record-deliveries"),
    path("records/<str:number>/runs", records.RecordRuns.as_view(), name="record-runs"),
    path("record-runs/<uuid:run_id>", records.OneRun.as_view(), name="record-run"),
]

# --- inpatients: 2401 to 2405, 2301 to 2305; filings
STAY = "stays/<uuid:visit_id>"
urlpatterns += [
    path("stays", stays.Stays.as_view(), name="stays"),
    path(f"{STAY}/admission", stays.StayAdmission.as_view(), name="stay-admission"),
    path(f"{STAY}/fees", stays.StayFees.as_view(), name="stay-fees"),
    path(f"{STAY}/uploads", stays.StayUploads.as_view(), name="stay-uploads"),
    path(f"{STAY}/removals", stays.StayRemovals.as_view(), name="stay-removals"),
    path(f"{STAY}/discharge", stays.StayDischarge.as_view(), name="stay-discharge"),
    path(f"{STAY}/preview", settlements.Previews.as_view(), name="stay-preview"),
    path(f"{STAY}/settlement", stays.StaySettlement.as_view(), name="stay-settlement"),
    path(
        f"{STAY}/discharge-cancellations",
        stays.StayDischargeCancellations.as_view(),
        name="stay-discharge-cancellations",
    ),
    path(f"{STAY}/cancellations", stays.StayCancellations.as_view(), name="stay-cancellations"),
    path("filings", filings.Filings.as_view(), name="filings"),
    path("filings/<uuid:filing_id>", filings.OneFiling.as_view(), name="filing"),
    path("filings/<uuid:filing_id>/withdrawals", filings.FilingWithdrawals.as_view(), name="filing-withdrawals"),
]

# --- cards read at a desk, money through its cashier
urlpatterns += [
    path("readings", cashier.Readings.as_view(), name="readings"),
    path("readings/<uuid:reading_id>", cashier.OneReading.as_view(), name="reading"),
    path(
        "readings/<uuid:reading_id>/identifications",
        cashier.ReadingIdentifications.as_view(),
        name="reading-identifications",
    ),
    path("pin-checks", cashier.PinChecks.as_view(), name="pin-checks"),
    path("pin-changes", cashier.PinChanges.as_view(), name="pin-changes"),
    path("health-card-grants", cashier.Grants.as_view(), name="grants"),
    path("health-card-grants/<uuid:grant_id>", cashier.OneGrant.as_view(), name="grant"),
    path("health-card-grants/<uuid:grant_id>/looks", cashier.GrantLooks.as_view(), name="grant-looks"),
    path("prepaid-accounts", cashier.PrepaidAccounts.as_view(), name="prepaid-accounts"),
    path("recharges", cashier.Recharges.as_view(), name="recharges"),
    path("recharges/<uuid:recharge_id>", cashier.OneRecharge.as_view(), name="recharge"),
    path("recharges/<uuid:recharge_id>/refunds", cashier.RechargeRefunds.as_view(), name="recharge-refunds"),
    path("refunds", cashier.Refunds.as_view(), name="refunds"),
    path("refunds/<uuid:refund_id>", cashier.OneRefund.as_view(), name="refund"),
    path("refunds/<uuid:refund_id>/submissions", cashier.RefundSubmissions.as_view(), name="refund-submissions"),
    path("cashier-charges", cashier.CashierCharges.as_view(), name="cashier-charges"),
    path("cashier-charges/<uuid:charge_id>", cashier.OneCashierCharge.as_view(), name="cashier-charge"),
    path(
        "cashier-charges/<uuid:charge_id>/cancellations",
        cashier.ChargeCancellations.as_view(),
        name="cashier-charge-cancellations",
    ),
]
