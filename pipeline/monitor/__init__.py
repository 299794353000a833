"""Whether tables, inputs, scores and promises are still what they were: `moorings monitor`."""
