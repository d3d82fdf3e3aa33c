"""What sellers believe, and how treasuries answer a rival or look for their best amount."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.schema.base import Level, Name, Section, unit

BeliefRule = Literal["elasticities", "least_squares", "last_price"]


class Beliefs(Section):
    """What a seller believes about the residual demand of each buyer."""

    rule: BeliefRule = "elasticities"
    """``elasticities``: demand and rivals' response from the keys below; ``least_squares``: learn the slope;
    ``last_price``: take the last price as given."""
    rivals_response: Annotated[float, unit("dimensionless", ge=0, le=50)] = 1.0
    """Perceived supply elasticity of the other sellers at a tender."""
    forgetting: Annotated[float, unit("dimensionless", ge=0.5, le=1)] = 0.95
    """Weight kept by old observations from one tender to the next (least squares)."""
    probe: Annotated[float, unit("share", ge=0, le=0.5)] = 0.05
    """Standard deviation of deliberate quantity changes that keep least squares identified."""


class MerchantBeliefs(Beliefs):
    """What trading companies believe; they reckon with keener rivals than boards do."""

    rivals_response: Annotated[float, unit("dimensionless", ge=0, le=50)] = 5.0
    """Perceived supply elasticity of the other sellers at a tender."""


class Reaction(Section):
    """How a treasury answers a rival's export subsidies: a rule and its parameters."""

    rule: Literal["hold", "linear", "match_landed_price", "defend_share", "spend_budget", "retaliate"] = "hold"
    """``hold``: not at all; ``linear``: a rate by the rival's; ``match_landed_price``: what lets own sellers land at
    the rival's price; ``defend_share``: until own share of the contested markets is the wanted one; ``spend_budget``:
    whatever spends the money of the year; ``retaliate``: as many more tonnes as the rival ships above its normal."""
    rival: Name
    """Origin whose exports are answered; the contested markets are the buyers abroad that both reach."""
    weeks: Annotated[float, unit("weeks", one_for_all=True, ge=1, le=104)] = 4.0
    """Weeks of the rival's doings that are looked back on: the lag of the answer."""
    speed: Annotated[float, unit("share per month", gt=0, le=1)] = 0.5
    """Part of the way to the wanted rate or tonnes that is gone in a month."""
    intercept_cad_t: Annotated[float, unit("C$/t", ge=-1000, le=1000)] = 0.0
    """``linear``: the rate against a rival that pays nothing."""
    slope: Annotated[float, unit("C$/t per C$/t", ge=-1, le=1)] = 0.0
    """``linear``: change of the rate per C$/t of the rival's."""
    undercut_cad_t: Annotated[float, unit("C$/t", ge=-100, le=100)] = 0.0
    """``match_landed_price``: how far below the rival's landed price own sellers shall be able to go."""
    share: Annotated[float, unit("share", ge=0, le=1)] = 0.0
    """``defend_share``: the wanted share of what buyers of the contested markets take."""
    gain_cad_t: Annotated[float, unit("C$/t per month", gt=0, le=10000)] = 50.0
    """``defend_share`` and ``retaliate`` of a treasury that sets a rate: change of the rate in a month when the whole
    share, or as many tonnes as are shipped now, are missing."""
    tonnes_per_tonne: Annotated[float, unit("kt per kt", gt=0, le=10)] = 1.0
    """``retaliate``: own extra tonnes per extra tonne of the rival."""
    normal_weeks: Annotated[float, unit("weeks", ge=4, le=520)] = 52.0
    """``retaliate``: memory of what is normal."""
    budget_cad_million: Annotated[Level | None, unit("million C$/crop year")] = None
    """``spend_budget`` of a subsidy by lane: its money; a bonus or refund programme has a budget of its own."""
    lowest_cad_t: Annotated[float, unit("C$/t", ge=-1000, le=1000)] = 0.0
    """Lowest rate the rule may reach; below zero it is an export tax."""
    highest_cad_t: Annotated[float, unit("C$/t", ge=-1000, le=1000)] = 200.0
    """Highest rate the rule may reach."""


class Search(Section):
    """How the best amount is looked for: trials below, above and at the one in force, then the parabola's top."""

    trial_cad_t: Annotated[float, unit("C$/t", gt=0, le=1000)] = 5.0
    """The change that is tried."""
    trial_years: Annotated[int, unit("crop years", ge=1, le=50)] = 2
    """How long each of the three trials is kept; what it earned is read off the last round of buyers' tenders."""
