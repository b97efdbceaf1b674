"""Binary row logs at memory speed."""

from rowlog._core import *  # noqa: F403
