pytest_plugins = ("tests.fixtures.box", "tests.fixtures.system")
