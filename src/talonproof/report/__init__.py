"""Every report is a function of the stream of a run, and of nothing else."""
