from django.urls import URLPattern, URLResolver, path

from settlement.api import identity, queries, settlements

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

# --- queries and catalogues (5-信息查询, 1301 to 1319)
urlpatterns += [
    path("queries", queries.Queries.as_view(), name="queries"),
    path("queries/<uuid:enquiry_id>", queries.OneQuery.as_view(), name="query"),
    path("catalogue-entries", queries.CatalogueEntries.as_view(), name="catalogue-entries"),
]
