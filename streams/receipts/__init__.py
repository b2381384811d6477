"""Takes in what providers say of texts and calls, and what residents text back."""
