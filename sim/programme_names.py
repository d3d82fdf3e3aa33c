"""What export programmes are called in the ledger and in tables."""

PROGRAMMES = ("eep", "restitution")
SUBSIDY = "export_subsidy"  # programmes called export_subsidy_<origin>
