"""What every script here begins with: its job, its limits, its meters.

It needs nothing but the standard library, and runs on Python 2.7 and from 3.4
on. It keeps to ASCII: in some locales an old Python reads nothing else.

    argv[1]  the job, as a JSON object
    argv[2]  the folder where its files are
    stdout   the answer, as one line of JSON
"""

import gc
import json
import os
import signal
import sys
import time

PYTHON_2 = sys.version_info[0] == 2
JOB = json.loads(sys.argv[1])
clock = getattr(time, "perf_counter", time.time)


class Resident(object):
    """The resident set, and its high-water mark within a step.

    See proc_pid_status(5) and proc_pid_clear_refs(5). Where the system has
    neither, the figures are absent.
    """

    def begin(self):
        status = memory_status()
        self.before = status.get("VmRSS")
        try:
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")
            self.is_reset = True
        except (IOError, OSError):
            self.is_reset = False

    def end(self):
        status = memory_status()
        after, peak = status.get("VmRSS"), None
        if self.is_reset and "VmHWM" in status:
            # The kernel counts some pages late: by itself the mark can lie a
            # little below where the step began.
            peak = max(status["VmHWM"], self.before, after)
        return {
            "resident_before_bytes": self.before,
            "resident_peak_bytes": peak,
            "resident_after_bytes": after,
        }

    def collected(self):
        return {"resident_collected_bytes": memory_status().get("VmRSS")}


def memory_status():
    """VmRSS and VmHWM in bytes, as far as the system has them."""
    try:
        with open("/proc/self/status") as file:
            lines = [line.split() for line in file if line.startswith("Vm")]
    except (IOError, OSError):
        return {}
    return dict((words[0][:-1], int(words[1]) * 1024) for words in lines)


class Traced(object):
    """What tracemalloc says: bytes requested through Python's allocators."""

    def __init__(self):
        import tracemalloc

        self.tracemalloc = tracemalloc
        tracemalloc.start()

    def begin(self):
        if hasattr(self.tracemalloc, "reset_peak"):
            self.tracemalloc.reset_peak()
        self.before, self.record = self.tracemalloc.get_traced_memory()

    def end(self):
        now, peak = self.tracemalloc.get_traced_memory()
        # Before 3.9 the peak is that of the whole run: it is the step's own if
        # the step broke the record, or touches it.
        known = (
            hasattr(self.tracemalloc, "reset_peak")
            or peak > self.record
            or peak == max(self.before, now)
        )
        return {
            "heap_before_bytes": self.before,
            "heap_peak_bytes": peak if known else None,
            "heap_after_bytes": now,
        }

    def collected(self):
        return {}


def limit():
    """Ends this process when it takes too long or too much, come what may."""
    if hasattr(signal, "alarm"):
        signal.alarm(JOB["seconds"])
    limit_memory(JOB["memory_bytes"])


def lift():
    """Ends the limit of what is measured: the check of a result may take more."""
    limit_memory(JOB.get("check_memory_bytes", JOB["memory_bytes"]))


def limit_memory(most):
    """Makes allocations fail beyond so many bytes; the limit of a check is the last."""
    if JOB["memory_bytes"] is None:
        return
    try:
        import resource

        limits = [most, JOB.get("check_memory_bytes", most)]
        highest = resource.getrlimit(resource.RLIMIT_DATA)[1]
        for at, limit in enumerate(limits):
            if limit is None or (highest != resource.RLIM_INFINITY and limit > highest):
                limits[at] = highest
        resource.setrlimit(resource.RLIMIT_DATA, tuple(limits))
    except (ImportError, ValueError, OSError):
        pass


limit()
os.chdir(sys.argv[2])
