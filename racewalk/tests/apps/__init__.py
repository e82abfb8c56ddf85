"""Applications that the tests explore: one shop for each way to reach a database."""
