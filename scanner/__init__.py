"""Where keys are: sources, the engine, attribution, findings and reports. Imports only `rules`."""
