"""The emulator is a reference server of the Integration API, and the embedded default target.

``app`` turns a request into a reply, and everything else serves it: ``message``, ``router``, ``parameters``
and ``payload`` read the wire, ``store`` keeps what is stored, ``world`` says what was there before the first
call, the modules named after resources answer the operations, ``faults`` plants defects, and ``transport``,
``asgi`` and ``serve`` are the ways in. It reads the clauses on its own: it shares no code with the checks.
"""
