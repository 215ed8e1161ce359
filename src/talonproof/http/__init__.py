"""From a call to an exchange: guard, pace, send, redact.

``exchange`` holds the two values; ``keys`` decides what stands in the Authorization header; ``footprint`` judges what
a call could do, ``ledger`` knows what is the run's own, ``guard`` refuses; ``client`` sends, ``redact`` takes the keys
out of all that is kept, ``curl`` says an exchange again for a shell; ``preflight`` asks whether a target is there.
"""
