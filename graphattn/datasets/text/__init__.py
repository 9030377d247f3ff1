"""Text: words as nodes in a chain."""
