"""The commands, in the order in which ``--help`` lists them."""

from typing import Final

from .check import CHECK
from .command import Command
from .completion import COMPLETION
from .demonstrate import DEMO
from .doctor import DOCTOR
from .install import INSTALL, UNINSTALL
from .serve_http import SERVE_HTTP
from .serve_sandbox import SERVE_SANDBOX
from .serve_stdio import SERVE_STDIO
from .show_runs import SHOW_RUNS
from .survey import SURVEY
from .worker import WORKER
from .write_docs import WRITE_DOCS
from .write_skills import WRITE_SKILLS

WITHOUT_A_COMMAND: Final = SERVE_STDIO
"""What runs if no command is given."""

COMMANDS: Final[tuple[Command, ...]] = (
    SERVE_HTTP,
    DOCTOR,
    CHECK,
    SURVEY,
    WORKER,
    SHOW_RUNS,
    INSTALL,
    UNINSTALL,
    SERVE_SANDBOX,
    WRITE_DOCS,
    WRITE_SKILLS,
    DEMO,
    COMPLETION,
)
