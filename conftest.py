"""What every test below has: pytest's own tester, for the tests of the plugin, and a name that stays."""

import pytest

pytest_plugins = ["pytester"]
ADDRESS = " at 0x"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a test named after an address in memory: workers may each know it by another name."""
    if ADDRESS in item.nodeid:
        pytest.fail("the name of this test holds an address in memory. Fix: give the parameter an id", pytrace=False)


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Pytest's tester, without the plugin of a fuzzer that may be installed: addopts of this project end here."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:schemathesis")
    return pytester
