"""The contract: how messages look, which operations there are, and the clauses of behaviour.

``document`` reads OpenAPI files, ``contract`` gives their operations, ``match`` and ``serialise`` turn paths into
operations and arguments into paths, ``validators`` judge bodies, ``requirements`` reads the clauses.
"""
