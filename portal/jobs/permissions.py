"""Background work is part of using the portal; reading a job's file takes the permission its kind names."""

from portal.access.permissions import CLERK, INSTITUTION_ADMIN, MEMBERS, REVIEWER, Permission

VIEW_JOBS = Permission("jobs.view", "查看后台任务", roles=MEMBERS)
CANCEL_JOB = Permission("jobs.cancel", "取消后台任务", roles={CLERK, REVIEWER, INSTITUTION_ADMIN})
