"""The smallest scenario that runs: one firm and one buyer, as text."""

SMALL = b"""title: Small
money: {cad_per_usd: 1, usd_per_ecu: 1}
grades: {feed: {title: Feed, pool: feed}}
markets: {third: {title: Third country}}
origins: {home: {title: Home}}
freight_usd_t: {home: {third: 0}}
sellers: {firm: {title: Firm, origin: home, cost_cad_t: 40}}
importers:
  buyer: {title: Buyer, market: third, region: third, demand: {feed: {currency: cad, intercept: 100, slope: 0.1}}}
"""
