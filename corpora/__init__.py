"""Text in: where it comes from, how its characters become numbers, and how it is split. Knows nothing of networks."""
