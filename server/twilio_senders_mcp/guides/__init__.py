"""What a person picks in their AI tool: prompts for whole jobs, senders to attach, completions."""
