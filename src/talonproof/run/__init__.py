"""Plan, execute, judge, settle: what turns cases into a stream of verdicts."""
