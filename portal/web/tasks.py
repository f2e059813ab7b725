"""Long exports, made while the page is closed."""

from portal.jobs import Running, job
from portal.web.tables.export import file_name, list_for, workbook


@job("web.export", title="导出列表", resumable=True)
def export(running: Running) -> str:
    """The Excel file of a list as somebody saw it; the job's result."""
    if running.by is None:
        raise ValueError("an export belongs to a person")
    with running.tx():
        rows = list_for(running.params["list"], running.params["query"], running.by)
        content, name, count = workbook(rows), file_name(rows), rows.totals.count
    running.result(name, content)
    return f"共 {count:,} 行"
