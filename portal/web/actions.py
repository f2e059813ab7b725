from portal.audit import Action

EXPORTED = Action("web.list.exported", "导出“{title}” {rows} 行（条件：{filter}）")
VIEW_SHARED = Action("web.view.shared", "共享列表视图“{name}”（{page}）")
