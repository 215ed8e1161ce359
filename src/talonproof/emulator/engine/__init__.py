"""The promotion engine: evaluation reads and proposes effects, settlement makes them come true and takes them back."""
