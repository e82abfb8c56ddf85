"""What both applications share: schema, server, catalogue, the rules of a withdrawal.

No web framework is imported here.
"""
