import pytest

from portal.access.door import tenant_tx
from tests.web.job_list import make_jobs


@pytest.fixture
def with_list(settings) -> None:
    """The portal plus one list of jobs under /jobs-list/."""
    settings.ROOT_URLCONF = "tests.web.job_list"


@pytest.fixture
def jobs(hospital_a, hospital_b):
    """25 jobs in hospital A, 3 in hospital B."""
    with tenant_tx(hospital_b.pk):
        make_jobs(3, title="别家的事")
    with tenant_tx(hospital_a.pk):
        return make_jobs(25)
