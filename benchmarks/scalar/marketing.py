"""What a marketing system lets boards, companies and growers do."""

from __future__ import annotations

AGREEMENT_SYSTEMS = ("single_desk", "continental", "cash_trading")  # a board can promise a whole agreement
OPEN = "multiple_sellers"


def system_of(marketing, pool: str) -> str:
    """System of a pool."""
    return marketing.feed if pool == "feed" else marketing.malting


def board_takes_deliveries(marketing) -> bool:
    """Whether farmers may deliver to a board."""
    return not marketing.feed == marketing.malting == OPEN


def board_may_sell(marketing, pool: str) -> bool:
    """Whether a board sells a pool's grades; a board that lost both sells down its stock."""
    return not board_takes_deliveries(marketing) or system_of(marketing, pool) != OPEN


def companies_take_deliveries(marketing) -> bool:
    """Whether farmers may sell to trading companies."""
    return not (marketing.feed == marketing.malting == "single_desk")


def companies_admitted(marketing, pool: str, market: str) -> bool:
    """Whether the system lets trading companies sell a pool's grades in a market."""
    system = system_of(marketing, pool)
    if system == "continental":
        return market == marketing.continental_market
    return system in (OPEN, "open_feed")


def companies_may_sell(marketing, pool: str, market: str) -> bool:
    """Whether trading companies sell there today; those that buy nothing any more sell down their stock."""
    return not companies_take_deliveries(marketing) or companies_admitted(marketing, pool, market)
