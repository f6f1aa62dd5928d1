"""Runs a model over tensors from a raw float32 file, once for each line on stdin, and prints seconds by the clock and of CPU.

bare_onnxruntime.py MODEL FILE BATCH CHANNELS HEIGHT WIDTH THREADS
"""

import sys
import time

import numpy as np
import onnxruntime

model, file, *rest = sys.argv[1:]
*shape, threads = map(int, rest)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
options.inter_op_num_threads = 1
options.log_severity_level = 3
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
tensors = np.fromfile(file, np.float32).reshape(-1, *shape)
print(onnxruntime.__version__, flush=True)
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    for tensor in tensors:
        session.run(None, {name: tensor})
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
