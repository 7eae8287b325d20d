"""Reports: one file a format, each a function from a report to text."""
