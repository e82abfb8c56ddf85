"""The harness: attacks both stacks the same way and judges from the database alone."""
