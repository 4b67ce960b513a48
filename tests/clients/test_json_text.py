"""JSON with comments, edited where it stands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.profile import fuzzing
from twilio_senders_mcp.clients.edits import cut, insert
from twilio_senders_mcp.clients.json_text import JsonText
