"""The terminal instrument: screens, widgets and the command line. Imports `model` and `corpora`, never the reverse."""
