"""The command ``twilio-senders-mcp``, also ``python -m twilio_senders_mcp``."""

import gc
import sys


def main() -> int:
    """Run the command with this process's arguments and return its exit status."""
    # What imports make is never garbage; collecting meanwhile costs a tenth of the start.
    gc.disable()
    from .cli import run  # noqa: PLC0415 - after gc.disable

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
