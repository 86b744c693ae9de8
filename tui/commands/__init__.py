"""The command line: one file a command, and what they share. Each command has `run(options)`, its exit code."""
