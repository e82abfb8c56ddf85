"""Starting, finding and stopping the two stacks."""
