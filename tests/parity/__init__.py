"""What holds the two applications parallel, and the packages apart."""
