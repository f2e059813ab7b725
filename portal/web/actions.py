from portal.audit import Action

EXPORTED = Action("web.list.exported", "导出“{title}” {rows} 行（条件：{filter}）", "导出列表")
VIEW_SHARED = Action("web.view.shared", "共享列表视图“{name}”（{list}）")

# --- data management (Django admin)
ADDED = Action("web.row.added", "在数据管理中新增{model} {object}")
CHANGED = Action("web.row.changed", "在数据管理中修改{model} {object}：{changes}")
DELETED = Action("web.row.deleted", "在数据管理中删除{model} {object}")
HANDLED = Action("web.row.handled", "在数据管理中处理{model} {object}：{what}")
