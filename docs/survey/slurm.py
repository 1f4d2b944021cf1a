"""Start Dask workers as Slurm jobs, print the scheduler's address, and wait: `python slurm.py`, with dask-jobqueue."""

import os
from threading import Event

os.environ["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] = "2"  # before Dask is loaded

from dask_jobqueue import SLURMCluster

if __name__ == "__main__":
    cluster = SLURMCluster(
        queue="normal",
        cores=8,  # of a job, one repository each
        processes=8,
        memory="32GB",  # of a job, so 4 GB a repository: chipsieve survey --megabytes 4000
        walltime="12:00:00",
        job_script_prologue=["source /shared/survey/.venv/bin/activate"],
    )
    cluster.adapt(minimum_jobs=0, maximum_jobs=50)  # as many as there is work for
    print(cluster.scheduler_address, flush=True)
    Event().wait()
