"""Runs one function as Lambda would, and speaks as run.mjs does."""

import importlib.util
import json
import resource
import sys
import time

spec = importlib.util.spec_from_file_location("function", sys.argv[1])
function = importlib.util.module_from_spec(spec)
spec.loader.exec_module(function)

for line in iter(sys.stdin.readline, ""):
    started, used = time.perf_counter(), time.process_time()
    answer = {}
    try:
        function.handler(json.loads(line)["event"], None)
    except Exception as error:
        answer["error"] = repr(error)
    # macOS counts bytes, Linux kibibytes.
    unit = 1 if sys.platform == "darwin" else 1024
    answer["peakMb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    answer["wallMs"] = (time.perf_counter() - started) * 1000
    answer["cpuMs"] = (time.process_time() - used) * 1000
    sys.stdout.write(f"bench: {json.dumps(answer)}\n")
    sys.stdout.flush()
