"""Our requests and the provider's answers, held against the provider's own description."""
