"""Experiments on what recurrent networks can do beside text: each learns by steps, and tells how well it does."""
