from pathlib import Path

from services.cli.box.cache import cache_dir


def test_the_setting_comes_first_then_the_desktop_standard() -> None:
    assert cache_dir({"CHOKEPOINT_CACHE_DIR": "/a", "XDG_CACHE_HOME": "/b"}) == Path("/a")
    assert cache_dir({"XDG_CACHE_HOME": "/b"}) == Path("/b/chokepoint")


def test_without_either_it_is_in_the_home_folder() -> None:
    assert cache_dir({}) == Path.home() / ".cache" / "chokepoint"
