"""`python -m dovetail`: the command line where its script is not on the path.

In: arguments.  Out: the exit code.  Must not know: any command.
"""

import sys

from dovetail.cli.main import main

sys.exit(main())
