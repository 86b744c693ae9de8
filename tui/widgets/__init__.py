"""The widgets, one to a file; the tree mirrors the screen."""
