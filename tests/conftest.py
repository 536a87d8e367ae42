pytest_plugins = (
    "tests.fixtures.box",
    "tests.fixtures.dispatcher",
    "tests.fixtures.dispatcher_store",
    "tests.fixtures.workers",
)
