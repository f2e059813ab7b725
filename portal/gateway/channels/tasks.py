"""The worker's side of 测试连接: a gateway is never called inside a request (I8)."""

from portal.gateway.channels.trials import KIND, run_trial
from portal.jobs import Running, job


@job(KIND, title="测试连接", resumable=True, permission="gateway.channel.view")
def try_channel(running: Running) -> str:
    return run_trial(running.institution_id, str(running.params["trial"])).sentence
