"""Work on calls that outlives the process: decode → transcribe → speakers → analyse → store.

`processing.py` has the steps, `worker.py` runs them as durable jobs, `beside.py` keeps a worker running beside the pages.
The library is the one truth of what is to be done: whoever adds a call only writes it down, and a worker queues it.
"""
