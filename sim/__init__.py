"""The world: scenarios, the market, its ledger and measures, and everything a user runs."""
