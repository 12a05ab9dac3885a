"""What every test below has: pytest's own tester, for the tests of the plugin."""

pytest_plugins = ["pytester"]
