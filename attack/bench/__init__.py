"""What each defence costs, in throughput and latency, beside what the database alone can do."""
