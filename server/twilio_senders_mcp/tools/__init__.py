"""The tools that a model may call, one file each, and the text of their failures."""
