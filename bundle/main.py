"""What Claude Desktop starts: the server over stdio, on the sandbox if the person chose it."""

import os
import sys

from twilio_senders_mcp.__main__ import main

if os.environ.get("BUNDLE_SANDBOX") == "true":
    sys.argv.append("--sandbox")
sys.exit(main())
