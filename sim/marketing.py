"""Marketing systems: who may sell an origin's grain where, and to whom its farmers may deliver."""

from __future__ import annotations

from sim.scenario.schema import Marketing

# Systems under which a board can promise a whole agreement.
AGREEMENT_SYSTEMS = {"single_desk", "continental", "cash_trading"}

BOARD_ONLY = {"single_desk", "cash_trading"}  # systems under which farmers deliver to nobody but a board


def system(marketing: Marketing, pool: str) -> str:
    """System of a pool ("feed" or "malting")."""
    return marketing.feed if pool == "feed" else marketing.malting


def board_may_sell(marketing: Marketing, pool: str) -> bool:
    """A board sells except where it lost the grade to others; with both grades lost it still sells down its stock."""
    if marketing.feed == marketing.malting == "multiple_sellers":
        return True
    return system(marketing, pool) != "multiple_sellers"


def merchants_may_sell(marketing: Marketing, pool: str, market: str) -> bool:
    """Whether merchants sell an origin's grain of a pool in a market; under a full single desk they sell down stock."""
    return not merchants_take_deliveries(marketing) or merchants_admitted(marketing, pool, market)


def merchants_admitted(marketing: Marketing, pool: str, market: str) -> bool:
    """Whether the marketing system lets trading companies sell the origin's grain of a pool in a market."""
    name = system(marketing, pool)
    return name in ("multiple_sellers", "open_feed") or (
        name == "continental" and market == marketing.continental_market
    )


def board_takes_deliveries(marketing: Marketing) -> bool:
    """Whether farmers may deliver to the board."""
    return not (marketing.feed == "multiple_sellers" and marketing.malting == "multiple_sellers")


def merchants_take_deliveries(marketing: Marketing) -> bool:
    """Whether farmers may sell to trading companies."""
    return not {marketing.feed, marketing.malting} <= BOARD_ONLY


def board_buys_for_cash(marketing: Marketing) -> bool:
    """Whether the board bids for feed at daily cash prices beside its pool."""
    return marketing.feed == "cash_trading" and board_takes_deliveries(marketing)
