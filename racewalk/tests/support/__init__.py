"""What the tests share: models, oracles, makers of messages, programs and stories."""
