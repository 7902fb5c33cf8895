"""PayPal's courier as a run plays it: notifications get lost, come twice, late, in another order, or from a forger."""

from support.running import current

from faults.at_paypal import Notification
from faults.perils import Died, Peril
from faults.worker import in_peril
from faults.world import World

_AT_ONCE = 6
_PERILS = (Peril.DIES_BEFORE_COMMIT, Peril.DIES_AFTER_COMMIT, Peril.LOCKED, Peril.COMMIT_FAILED, Peril.COMMIT_UNHEARD)


def the_courier_comes(world: World) -> None:
    notifications = world.at_paypal.notifications()[:_AT_ONCE]
    while notifications:
        place = 0
        if len(notifications) > 1 and world.fate.happens(0.2):
            place = world.fate.number(1, len(notifications) - 1)
            _met(world, "notification out of order")
        _brought(world, notifications.pop(place))


def _brought(world: World, notification: Notification) -> None:
    fate = world.fate
    if fate.happens(0.15):
        _met(world, "notification lost")
        return world.at_paypal.is_brought(notification)
    if fate.happens(0.15):
        return _met(world, "notification late")
    if fate.happens(0.1):
        _met(world, "notification forged")
        assert _posted(world, notification, forged=True) != 200, "a forged notification was taken"
    if fate.happens(0.15):
        with in_peril(world, fate.one_of(_PERILS), lambda: None):
            _posted(world, notification)
    if fate.happens(0.15):
        _met(world, "notification doubled")
        _posted(world, notification)
    if _posted(world, notification) == 200:
        world.at_paypal.is_brought(notification)
    return None


def _met(world: World, what: str) -> None:
    world.tell(f"  {what}")
    world.at_paypal.injected[what] += 1


def _posted(world: World, notification: Notification, *, forged: bool = False) -> int:
    """What Kooneo answers; 0 when it dies."""
    headers = world.at_paypal.signed(notification, forged=forged)
    client = current().test_client(use_cookies=False)
    world.tell("a notification comes")
    try:
        return client.post(
            notification.path, data=notification.body, headers=headers, content_type="application/json"
        ).status_code
    except Died:
        return 0
