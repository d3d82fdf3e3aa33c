"""Setting up a market from its scenario: agents, tenders, seats, and what everybody knows on the first morning."""

from __future__ import annotations

from benchmarks.scalar.arithmetic import ratio
from benchmarks.scalar.board import MarketingBoard, PoolGuarantor
from benchmarks.scalar.bonus import BonusTreasury
from benchmarks.scalar.buyers import Buyer, FoodAgency
from benchmarks.scalar.desk import Counter, StockDesk
from benchmarks.scalar.exporters import NationalExporter, TradingCompany
from benchmarks.scalar.growers import CASH_TRANCHES, GrowerGroup
from benchmarks.scalar.intervention import InterventionAgency
from benchmarks.scalar.limits import BUYER_KINDS
from benchmarks.scalar.marketing import board_takes_deliveries, companies_admitted
from benchmarks.scalar.refunds import RefundCommittee
from benchmarks.scalar.tender import CashMarket, Seat, Tender


def set_up(model) -> None:
    """Build everything the model consists of."""
    scenario = model.scenario
    model.cash = {name: CashMarket(name) for name in scenario.origins}
    model.boards = {name: MarketingBoard(model, name, section) for name, section in scenario.boards.items()}
    model.companies = {
        name: TradingCompany(model, name, section, scenario.traders)
        for name, section in companies_of(scenario.traders).items()
    }
    model.exporters = {
        name: NationalExporter(model, name, section, scenario.traders.margin_cad_t)
        for name, section in scenario.exporters.items()
    }
    model.guarantors = [
        PoolGuarantor(model, name, section.boards) for name, section in scenario.treasuries.guarantors.items()
    ]
    model.bonus_treasury = model.committee = None
    if scenario.eep is not None:
        model.bonus_treasury = BonusTreasury(model, scenario.eep)
        model.bonus_treasury.bidders = len(model.spot_sellers(scenario.eep.origin))
    if scenario.restitution is not None:
        model.committee = RefundCommittee(model, scenario.restitution)
    _settle_growers(model)
    _invite_buyers(model)
    for tender in model.tenders:
        model.set_freight(tender)
        tender.start(*model.buyers[tender.buyer].base_point(tender)[:2])
    for tender in model.tenders:
        for seat in tender.seats:
            _take_seat(model, seat)
    _first_prices(model)
    _first_deliveries(model)


def companies_of(traders) -> dict:
    """The trading companies that take part: the first ``number`` listed, then copies of them."""
    listed = list(traders.companies.items())
    count = len(listed) if traders.number is None else traders.number
    chosen = {}
    for index in range(count if listed else 0):
        name, section = listed[index % len(listed)]
        copy = index // len(listed) + 1
        chosen[name if copy == 1 else f"{name}_{copy}"] = section
    return chosen


def _settle_growers(model) -> None:
    model.growers, model.agencies = {}, {}
    for name, origin in model.scenario.origins.items():
        if origin.intervention is not None:
            stock_kt = origin.intervention.opening_share * model.value(origin.opening_stock_kt)
            model.agencies[name] = InterventionAgency(model, name, stock_kt)
    for name, section in model.scenario.growers.items():
        origin = model.scenario.origins[section.origin]
        own = 1.0 if origin.intervention is None else 1.0 - origin.intervention.opening_share
        stock_kt = section.share * own * model.value(origin.opening_stock_kt)
        model.growers[name] = GrowerGroup(model, name, section, stock_kt)
    for name, section in model.scenario.boards.items():
        model.boards[name].groups = [model.growers[group] for group in section.growers]
        for group in model.boards[name].groups:
            group.board = model.boards[name]


def _invite_buyers(model) -> None:
    model.buyers, model.tenders = {}, []
    for kind in BUYER_KINDS:
        for name, section in getattr(model.scenario, kind).items():
            buyer = (FoodAgency if kind == "state_importers" else Buyer)(model, kind, name, section)
            model.buyers[name] = buyer
            for grade, tender in buyer.tenders.items():
                rules = model.scenario.grades[grade]
                if kind == "state_importers" and section.agreement is not None and rules.pool == "feed":
                    board = section.agreement.board
                    deal = Tender(f"{name}:{grade}:agreement", name, section, grade, rules)
                    deal.is_agreement = True
                    deal.seats = [Seat(deal, board, "board", model.boards[board].desk.origin, is_agreement=True)]
                    buyer.agreement = deal
                    model.tenders.append(deal)
                tender.seats = [Seat(tender, *who) for who in _may_ever_sell(model, tender)]
                model.tenders.append(tender)


def _may_ever_sell(model, tender: Tender) -> list[tuple[str, str, str]]:
    """Seller, role and origin of everybody with freight to the buyer who may sell there under some system."""
    scenario, home = model.scenario, tender.country if tender.is_home else None
    reaches = {origin for origin, lanes in scenario.freight_usd_t.items() if tender.region in lanes and origin != home}
    found = []
    if home is not None:
        tranches = 2 if home in scenario.marketing else len(CASH_TRANCHES)
        found += [(group.name, "growers", home) for group in model.groups_of(home) for _ in range(tranches)]
        if home in model.agencies:
            found.append((model.agencies[home].name, "agency", home))
    for name, section in scenario.boards.items():
        if section.origin in reaches and (section.grades is None or tender.grade in section.grades):
            found.append((name, "board", section.origin))
    for name, company in model.companies.items():
        for origin in company.stock:
            systems = [regime.marketing[origin] for regime in model.regimes]
            admitted = any(companies_admitted(system, tender.pool, tender.market) for system in systems)
            if origin in reaches and admitted:
                found.append((name, "trader", origin))
    if tender.pool == "feed" and home is None:
        for agent in model.spot_agents:
            found += [(agent.name, agent.role, origin) for origin in agent.spot if origin in reaches]
    return found


def _take_seat(model, seat: Seat) -> None:
    """Tell a seller of its seat; who sells from stock starts with a share of the base tonnes."""
    scenario, tender = model.scenario, seat.tender
    if seat.role == "growers":
        model.growers[seat.seller].seats.append(seat)
    elif seat.role == "agency":
        model.agencies[seat.origin].seat = seat
    elif seat.role == "board":
        desk = model.boards[seat.seller].desk
        desk.seats.append(seat)
        if not seat.is_agreement:
            share = 0.0 if tender.is_home else scenario.boards[seat.seller].starting_shares.get(tender.market, 0.0)
            desk.counters.append(Counter(seat, share * tender.base_kt))
    elif seat.role == "trader" and seat.origin in model.companies[seat.seller].stock:
        desk = model.companies[seat.seller].stock[seat.origin]
        desk.seats.append(seat)
        boards = [section for section in scenario.boards.values() if section.origin == seat.origin]
        share = 0.0 if tender.is_home else sum(section.starting_shares.get(tender.market, 0.0) for section in boards)
        desk.counters.append(Counter(seat, share * tender.base_kt / len(model.companies_at(seat.origin))))
    else:
        agent = model.companies.get(seat.seller) or model.exporters[seat.seller]
        agent.spot[seat.origin].seats.append(seat)


def _mean_base_fob(desk: StockDesk, pool: str) -> float:
    """Base price at port of the tenders a desk sells a pool's grades at, by base tonnes."""
    counters = [counter for counter in desk.counters if counter.tender.pool == pool]
    value = sum(c.tender.base_kt * (c.tender.base_price_cad_t - c.seat.freight_cad_t) for c in counters)
    return ratio(value, sum(counter.tender.base_kt for counter in counters))


def _first_prices(model) -> None:
    for board in model.boards.values():
        for name, pool in board.pools.items():
            pool.current_cad_t = pool.asking_cad_t = _mean_base_fob(board.desk, name)
            pool.outlook_cad_t = max(pool.current_cad_t - board.rules.cost_cad_t, 0.0)
        board.desk.feed_netback_cad_t = board.pools["feed"].current_cad_t
    for company in model.companies.values():
        for desk in company.stock.values():
            desk.marginal_cad_t = _mean_base_fob(desk, "feed")
            desk.feed_netback_cad_t = desk.malting_netback_cad_t = desk.marginal_cad_t
    for name, cash in model.cash.items():
        home = model.home_tender(name)
        cash.price_cad_t = home.base_price_cad_t - model.mean_haul_cad_t(name) if home is not None else 0.0
        for group in model.groups_of(name):
            group.expected_cad_t = group.normal_cad_t = cash.price_cad_t


def _first_deliveries(model) -> None:
    """Part of the opening stock is already with the board, or with the companies where there is no board."""
    for name, section in model.scenario.boards.items():
        board, marketing = model.boards[name], model.now.marketing.get(section.origin)
        companies = model.companies_at(section.origin)
        for group in board.groups:
            kt = section.opening_stock_share * group.stock_kt
            group.pool_share += section.opening_stock_share
            quality_kt = kt * model.scenario.growers[group.name].malting_share
            if marketing is None or board_takes_deliveries(marketing):
                board.desk.receive(kt, quality_kt, board.pools["feed"].outlook_cad_t)
            elif companies:
                for company in companies:
                    company.buy(section.origin, kt / len(companies), quality_kt / len(companies))
            else:
                continue
            group.stock_kt -= kt
