"""The contract: what a person at a browser may rely on, every case against both stacks."""
