"""Who may do what in work-injury insurance (design 4.2): clerks do the daily work, reviewers what cannot be undone."""

from portal.access.permissions import AUDITOR, CLERK, INSTITUTION_ADMIN, MEMBERS, REVIEWER, Permission

VIEW_ADMISSIONS = Permission("injury.admissions.view", "查看工伤就诊", roles=MEMBERS)
FIND_PEOPLE = Permission("injury.people.find", "查询工伤人员和备案", roles={CLERK, REVIEWER})
READ_IDENTITIES = Permission("injury.identities.read", "查看完整身份信息", roles={CLERK, REVIEWER, AUDITOR})
EDIT_ADMISSION = Permission("injury.admission.edit", "录入和修改就诊", roles={CLERK})
REGISTER_ADMISSION = Permission("injury.admission.register", "办理入院登记", roles={CLERK})
UNDO_ADMISSION = Permission("injury.admission.undo", "撤销入院登记", roles={CLERK})
DISCHARGE = Permission("injury.discharge.submit", "办理出院", roles={CLERK})
UNDO_DISCHARGE = Permission("injury.discharge.undo", "撤销出院", roles={CLERK})
UPLOAD_MATERIALS = Permission("injury.materials.upload", "上传材料", roles={CLERK})
VIEW_FEES = Permission("injury.fees.view", "查看费用明细", roles=MEMBERS)
ENTER_FEES = Permission("injury.fees.enter", "录入和导入费用", roles={CLERK})
UPLOAD_FEES = Permission("injury.fees.upload", "上传费用", roles={CLERK})
WIPE_FEES = Permission("injury.fees.wipe", "作废已上传费用", roles={CLERK})
SCHEDULE_UPLOADS = Permission("injury.uploads.schedule", "设置自动上传", roles={INSTITUTION_ADMIN})
VIEW_MAPPINGS = Permission("injury.mappings.view", "查看目录对照", roles=MEMBERS)
EDIT_MAPPINGS = Permission("injury.mappings.edit", "维护目录对照", roles={CLERK})
ASK_SHEET = Permission("injury.sheet.ask", "获取结算单", roles={CLERK, REVIEWER})
SET_DRUG_LIMIT = Permission("injury.drug_limit.set", "设置药占比上限", roles={REVIEWER, INSTITUTION_ADMIN})
MAKE_PAPERS = Permission("injury.papers.make", "打印工伤单据", roles=MEMBERS)
