"""The people of the market: one role, one file. They speak in offers, tenders and sales."""
