"""The commands of `moorings`, one module each: they read arguments, call the pipeline, and print what it says."""
