"""What both applications share: the schema and its server, the catalogue, the rules of a withdrawal.

No web framework is imported here.
"""
