pytest_plugins = ("tests.fixtures.box", "tests.fixtures.dispatcher", "tests.fixtures.system")
