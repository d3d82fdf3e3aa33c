"""Python runs this at the start of every process that a test starts."""

import raise_faults

raise_faults.everywhere()
