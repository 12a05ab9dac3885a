"""`diglot_client` speaks to the application in process, on the test's own database."""

import pytest

REQUESTS = """
    def test_items(diglot_client):
        assert diglot_client.post("/items?name=a").json() == {"id": 2}
        assert diglot_client.get("/items").json() == {"names": ["seed", "a"]}

    def test_next(diglot_client):
        assert diglot_client.get("/items").json() == {"names": ["seed"]}
"""


def test_client_speaks_to_a_wsgi_application(shop: pytest.Pytester) -> None:
    """A WSGI application is served, and each test finds the template's rows."""
    shop.makepyfile(REQUESTS)

    result = shop.runpytest()

    result.assert_outcomes(passed=4)


def test_client_speaks_to_an_asgi_application(shop: pytest.Pytester) -> None:
    """So is a FastAPI application, whose handlers run in other threads, with its lifespan."""
    path = shop.path / "pyproject.toml"
    path.write_text(path.read_text().replace("shop:create_app", "shop:create_asgi_app"))
    shop.makepyfile(
        REQUESTS
        + """
    def test_lifespan(diglot_client):
        assert diglot_client.get("/opened").json() == {"opened": True}
"""
    )

    result = shop.runpytest()

    result.assert_outcomes(passed=6)


def test_client_rewinds_while_the_test_reads(shop: pytest.Pytester) -> None:
    """The test and the application see each other's committed work."""
    shop.makepyfile(
        """
        import shop

        def test_both(diglot, diglot_client):
            shop.add(diglot.engine, "mine")
            diglot_client.post("/items?name=yours")
            assert shop.names(diglot.engine) == ["seed", "mine", "yours"]
        """
    )

    result = shop.runpytest()

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("app", "message"),
    [
        ("shop:nobody", "*DG108: [[]tool.diglot[]] app = 'shop:nobody' cannot be imported*"),
        ("nowhere:app", "*DG108: [[]tool.diglot[]] app = 'nowhere:app' cannot be imported*"),
        ("shop:metadata", "*DG109: app = 'shop:metadata' cannot be bound*"),
        ("shop:asynccontextmanager", "*DG109: *it has no parameter `engine`*"),
    ],
)
def test_client_says_why_an_application_cannot_be_bound(sqlite_shop: pytest.Pytester, app: str, message: str) -> None:
    """A wrong reference or a thing that takes no engine is named, with what to write."""
    path = sqlite_shop.path / "pyproject.toml"
    path.write_text(path.read_text().replace("shop:create_app", app))
    sqlite_shop.makepyfile("def test_it(diglot_client): pass")

    result = sqlite_shop.runpytest()

    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines([message])
