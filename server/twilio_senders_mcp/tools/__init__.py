"""What a model may call: one file per tool, and the one place that words failures."""
