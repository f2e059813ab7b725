from clearing.models.application import Application, ApplicationState
from clearing.models.cross_region import (
    BatchState,
    Compared,
    CrossRegionBatch,
    CrossRegionMonth,
    CrossRegionRow,
    RowDecision,
    Standing,
)
from clearing.models.cross_region_upload import CrossRegionUpload, UploadedSettlement, UploadState
from clearing.models.generation import Generation, GenerationState
from clearing.models.history import ChangeKind, FetchSnapshot, RowChange
from clearing.models.month import Month, MonthKind, MonthlyDetail, MonthRead, MonthTotal
from clearing.models.printed import DuePapers, PaperState, PrintedPaper, Reckoning
from clearing.models.refund import DepositRefund, RefundFetch, RefundKind
from clearing.models.row import ClearingRow, RowState
from clearing.models.scope import ClearingYear, Scope, Scoped

__all__ = [
    "Application",
    "ApplicationState",
    "BatchState",
    "ChangeKind",
    "ClearingRow",
    "ClearingYear",
    "Compared",
    "CrossRegionBatch",
    "CrossRegionMonth",
    "CrossRegionRow",
    "CrossRegionUpload",
    "DepositRefund",
    "DuePapers",
    "FetchSnapshot",
    "Generation",
    "GenerationState",
    "Month",
    "MonthKind",
    "MonthRead",
    "MonthTotal",
    "MonthlyDetail",
    "PaperState",
    "PrintedPaper",
    "Reckoning",
    "RefundFetch",
    "RefundKind",
    "RowChange",
    "RowDecision",
    "RowState",
    "Scope",
    "Scoped",
    "Standing",
    "UploadState",
    "UploadedSettlement",
]
