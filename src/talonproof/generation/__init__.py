"""From a schema to values: valid ones, those at the bounds, and those with one labelled defect.

Nothing is imported here, so that the parts that need no Hypothesis can be used without it.
"""
