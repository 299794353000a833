"""The settings a configuration is made of, and what is said of one that is wrong."""
