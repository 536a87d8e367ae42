"""A machine's settings for pip reach uv, which does not read them itself."""

from importlib import import_module
from pathlib import Path

pip_settings = import_module("pip_settings")  # outside the packages: it runs before they are there


def test_the_environment_outranks_the_files_whatever_the_order_of_the_listing() -> None:
    listed = ":env:.index-url='https://env.example/simple'\nglobal.index-url='https://file.example/simple'\nglobal.timeout='9'\n"
    assert pip_settings.parse(listed) == {"index-url": "https://env.example/simple", "timeout": "9"}


def test_index_certificates_and_proxy_are_handed_over() -> None:
    pip = {"index-url": "https://a.example/simple", "cert": "/ca.pem", "proxy": "http://p.example:3128"}
    assert pip_settings.for_uv({}, pip) == {
        "UV_DEFAULT_INDEX": "https://a.example/simple",
        "SSL_CERT_FILE": "/ca.pem",
        "ALL_PROXY": "http://p.example:3128",
    }


def test_several_extra_indexes_become_a_list() -> None:
    pip = {"extra-index-url": "https://a.example/simple\nhttps://b.example/simple"}
    assert pip_settings.for_uv({}, pip) == {"UV_INDEX": "https://a.example/simple https://b.example/simple"}


def test_what_is_set_for_uv_itself_stands() -> None:
    assert pip_settings.for_uv({"UV_DEFAULT_INDEX": "https://uv.example"}, {"index-url": "https://pip.example"}) == {}


def test_a_folder_of_wheels_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    pip = {"find-links": f"{tmp_path} {tmp_path / 'missing'}"}
    assert pip_settings.for_uv({}, pip) == {"UV_FIND_LINKS": str(tmp_path)}


def test_certificates_known_under_another_name_count_too() -> None:
    assert pip_settings.for_uv({"REQUESTS_CA_BUNDLE": "/ca.pem"}, {}) == {"SSL_CERT_FILE": "/ca.pem"}
