"""`python -m rowlog` is the command `rowlog`."""

import sys

from rowlog.cli import main

sys.exit(main())
