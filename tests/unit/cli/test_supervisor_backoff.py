from services.cli.supervisor.backoff import Backoff

BACKOFF = Backoff(first_s=0.1, factor=2, longest_s=15, forgotten_after_s=30)


def test_the_first_restart_comes_at_once_the_later_ones_ever_later() -> None:
    assert [BACKOFF.wait_s(deaths) for deaths in (1, 2, 3, 4)] == [0.1, 0.2, 0.4, 0.8]
    assert BACKOFF.wait_s(50) == 15


def test_a_process_that_ran_well_starts_over() -> None:
    assert BACKOFF.deaths(7, ran_s=2) == 8
    assert BACKOFF.deaths(7, ran_s=31) == 1
