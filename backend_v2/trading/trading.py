"""The routes under `/api/trading` about accounts and orders."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, make_response

from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import caller, signed_in
from backend_v2.trading import schemas
from backend_v2.trading.order_matching import worth
from backend_v2.trading.paper_account_service import PaperAccountService
from backend_v2.trading.paper_order_service import PaperOrderService
from backend_v2.trading.records import Account, AccountFill, Fill, Order, OrderInFull, Position, Ticket

_STORED: dict[int | str, Any] = {
    200: {
        "description": "The order that was placed with this client order id before",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OrderInFullOut"}}},
    }
}


def blueprint(accounts: PaperAccountService, orders: PaperOrderService, config: Config) -> APIBlueprint:
    """Return the routes over these services."""
    routes = APIBlueprint("trading", __name__, url_prefix="/api/trading", tag="trading")
    _accounts(routes, accounts)
    _holdings(routes, accounts, config)
    _orders_of_account(routes, orders, config)
    _orders(routes, orders)
    return routes


def _accounts(routes: APIBlueprint, service: PaperAccountService) -> None:
    @routes.post("/accounts")
    @routes.input(schemas.AccountIn, arg_name="body")
    @routes.output(schemas.AccountOut, status_code=201)
    @routes.doc(responses=responses(409))
    @signed_in
    def open_account(body: schemas.AccountIn) -> dict[str, Any]:
        """Open a paper account; 409 when the name is taken, and beyond 20 accounts."""
        account = service.open(
            caller().user_id,
            name=body.name,
            currency=body.currency,
            starting_cash=body.starting_cash,
            origin=origin(),
        )
        return _account(account).model_dump(mode="json")

    @routes.get("/accounts")
    @routes.output(schemas.AccountsOut)
    @signed_in
    def account_list() -> dict[str, Any]:
        """Return the signed-in user's accounts, the oldest first."""
        found = [_account(one) for one in service.of_user(caller().user_id)]
        return schemas.AccountsOut(accounts=found).model_dump(mode="json")

    @routes.get("/accounts/<uuid:account_id>")
    @routes.output(schemas.AccountOut)
    @signed_in
    def account(account_id: UUID) -> dict[str, Any]:
        """Return an account."""
        return _account(service.get(caller().user_id, account_id)).model_dump(mode="json")

    @routes.delete("/accounts/<uuid:account_id>")
    @routes.output({}, status_code=204)
    @routes.doc(responses=responses(409))
    @signed_in
    def delete_account(account_id: UUID) -> Response:
        """Delete an account with everything in it; 409 while a strategy runs on it."""
        service.delete(caller().user_id, account_id, origin())
        return make_response("", 204)


def _holdings(routes: APIBlueprint, service: PaperAccountService, config: Config) -> None:
    @routes.get("/accounts/<uuid:account_id>/positions")
    @routes.input(schemas.PageIn, location="query", arg_name="query")
    @routes.output(schemas.PositionsOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def positions(account_id: UUID, query: schemas.PageIn) -> dict[str, Any]:
        """Return an account's positions, those that were closed too, in order of the symbol."""
        cursor = Cursor(f"positions {account_id} {caller().user_id}", key=config.page_key)
        found, more = service.positions(
            caller().user_id, account_id, limit=query.limit, after=cursor.one(query.page_token, str)
        )
        token = cursor.token(found[-1].symbol if more else None)
        out = schemas.PositionsOut(positions=[_position(one) for one in found], next_page_token=token)
        return out.model_dump(mode="json")

    @routes.get("/accounts/<uuid:account_id>/fills")
    @routes.input(schemas.PageIn, location="query", arg_name="query")
    @routes.output(schemas.FillsOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def fills(account_id: UUID, query: schemas.PageIn) -> dict[str, Any]:
        """Return an account's fills, the newest first."""
        cursor = Cursor(f"fills {account_id} {caller().user_id}", key=config.page_key)
        found, more = service.fills(
            caller().user_id, account_id, limit=query.limit, before=cursor.one(query.page_token, int)
        )
        token = cursor.token(found[-1].id if more else None)
        out = schemas.FillsOut(fills=[_account_fill(one) for one in found], next_page_token=token)
        return out.model_dump(mode="json")


def _orders_of_account(routes: APIBlueprint, service: PaperOrderService, config: Config) -> None:
    @routes.post("/accounts/<uuid:account_id>/orders")
    @routes.input(schemas.OrderIn, arg_name="body")
    @routes.output(schemas.OrderInFullOut, status_code=201)
    @routes.doc(responses=_STORED | responses(409, 502))
    @signed_in
    def place_order(account_id: UUID, body: schemas.OrderIn) -> tuple[dict[str, Any], int]:
        """Place an order: 201 for a new one, 200 for one that was placed before with the same content.

        409 when the client order id stands for another order, and when the order cannot be filled.
        """
        placed = service.place(caller().user_id, account_id, Ticket(**body.root.model_dump()))
        return _in_full(placed).model_dump(mode="json"), 201 if placed.is_new else 200

    @routes.get("/accounts/<uuid:account_id>/orders")
    @routes.input(schemas.OrdersIn, location="query", arg_name="query")
    @routes.output(schemas.OrdersOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def order_list(account_id: UUID, query: schemas.OrdersIn) -> dict[str, Any]:
        """Return an account's orders, the newest first."""
        scope = f"orders {account_id} {query.status or '*'} {query.symbol or '*'} {caller().user_id}"
        cursor = Cursor(scope, key=config.page_key)
        found, more = service.page(
            caller().user_id,
            account_id,
            status=query.status,
            symbol=query.symbol,
            limit=query.limit,
            before=cursor.two(query.page_token, datetime.fromisoformat, UUID),
        )
        token = cursor.token((found[-1].created_at, found[-1].id) if more else None)
        out = schemas.OrdersOut(orders=[_order(one) for one in found], next_page_token=token)
        return out.model_dump(mode="json")

    @routes.post("/accounts/<uuid:account_id>/match")
    @routes.output(schemas.MatchedOut)
    @routes.doc(responses=responses(502))
    @signed_in
    def match_orders(account_id: UUID) -> dict[str, Any]:
        """Try the account's open orders against the latest quotes, the oldest first."""
        matched = service.match(caller().user_id, account_id)
        out = schemas.MatchedOut(
            fills=[_account_fill(one) for one in matched.fills], rejected=[_order(one) for one in matched.rejected]
        )
        return out.model_dump(mode="json")


def _orders(routes: APIBlueprint, service: PaperOrderService) -> None:
    @routes.get("/orders/<uuid:order_id>")
    @routes.output(schemas.OrderInFullOut)
    @signed_in
    def order(order_id: UUID) -> dict[str, Any]:
        """Return an order with its fills."""
        return _in_full(service.get(caller().user_id, order_id)).model_dump(mode="json")

    @routes.patch("/orders/<uuid:order_id>")
    @routes.input(schemas.OrderChangesIn, arg_name="body")
    @routes.output(schemas.OrderInFullOut)
    @routes.doc(responses=responses(409, 502))
    @signed_in
    def replace_order(order_id: UUID, body: schemas.OrderChangesIn) -> dict[str, Any]:
        """Put a new order into the place of an open one, and return it; asked again, the same one.

        409 when the order is not open or has no such price, and as placing an order does.
        """
        return _in_full(service.replace(caller().user_id, order_id, **body.model_dump())).model_dump(mode="json")

    @routes.post("/orders/<uuid:order_id>/cancel")
    @routes.output(schemas.OrderInFullOut)
    @routes.doc(responses=responses(409))
    @signed_in
    def cancel_order(order_id: UUID) -> dict[str, Any]:
        """Cancel an open order; 409 when it is not open."""
        return _in_full(service.cancel(caller().user_id, order_id)).model_dump(mode="json")


def _account(account: Account) -> schemas.AccountOut:
    return schemas.AccountOut(**asdict(account))


def _order(order: Order) -> schemas.OrderOut:
    return schemas.OrderOut(**asdict(order))


def _in_full(found: OrderInFull) -> schemas.OrderInFullOut:
    return schemas.OrderInFullOut(**asdict(found.order), fills=[_fill(one) for one in found.fills])


def _fill(fill: Fill) -> schemas.FillOut:
    return schemas.FillOut(**asdict(fill) | {"amount": worth(fill.quantity, fill.price)})


def _account_fill(fill: AccountFill) -> schemas.AccountFillOut:
    return schemas.AccountFillOut(**asdict(fill) | {"amount": worth(fill.quantity, fill.price)})


def _position(position: Position) -> schemas.PositionOut:
    book_value = worth(position.quantity, position.average_cost)
    return schemas.PositionOut(**asdict(position) | {"book_value": book_value})
