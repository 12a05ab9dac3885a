"""A shop of one table, as a WSGI and as an ASGI application, on an engine that is handed in."""

import json
from contextlib import asynccontextmanager

import sqlalchemy as sa

metadata = sa.MetaData()
items = sa.Table(
    "items",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), nullable=False, unique=True),
)
lines = sa.Table(
    "lines",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("item_id", sa.Integer, nullable=False),
)


def add(engine, name):
    with engine.begin() as connection:
        return connection.execute(sa.insert(items).values(name=name).returning(items.c.id)).scalar_one()


def names(engine):
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(items.c.name).order_by(items.c.id)))


def create_app(engine):
    def app(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            body = {"id": add(engine, environ["QUERY_STRING"].partition("=")[2])}
            start_response("201 Created", [("Content-Type", "application/json")])
        else:
            body = {"names": names(engine)}
            start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    return app


def create_asgi_app(engine):
    from fastapi import FastAPI, Request

    @asynccontextmanager
    async def lifespan(app):
        yield {"opened": True}

    app = FastAPI(lifespan=lifespan)

    @app.post("/items", status_code=201)
    def post_item(name: str) -> dict[str, int]:
        return {"id": add(engine, name)}

    @app.get("/items")
    def get_items() -> dict[str, list[str]]:
        return {"names": names(engine)}

    @app.get("/opened")
    async def opened(request: Request) -> dict[str, bool]:
        return {"opened": request.state.opened}

    return app
