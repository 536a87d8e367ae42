from uuid import UUID, uuid5

from shared.domain.alerts.causes import alert_id, message_id

NAMESPACE = UUID("6f0c1e0e-6c6b-5f0e-9d5e-4b1d3f1f5a01")


def test_ids_are_those_of_rfc_9562_so_that_anybody_can_work_them_out() -> None:
    for number in range(200):
        about = alert_id(f"customer-{number}", "measure/CN-2025-18-é")
        assert about == str(uuid5(NAMESPACE, f"customer-{number}/measure/CN-2025-18-é"))
        assert message_id("change/7", about) == str(uuid5(NAMESPACE, f"change/7/{about}"))
