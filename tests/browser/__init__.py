"""Both stacks in a real browser."""
