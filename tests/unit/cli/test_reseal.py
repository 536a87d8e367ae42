from services.cli.reseal import told


def test_the_old_key_may_go_only_when_everything_is_under_the_new_one() -> None:
    assert told(3, 2, []) == "2 of 3 endpoints sealed anew: every secret is under the newest key, the older ones can go"
    broken = told(3, 1, ["ep_1"])
    assert "ep_1" in broken
    assert "keep the older keys" in broken
