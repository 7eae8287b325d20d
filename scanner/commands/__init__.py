"""The commands: the only place that knows options, progress bars, standard streams and exit codes."""
