"""In this order. The kills come first: their alerts take five minutes to resolve, in which the others go on. The clock
comes last: it cannot be taken back."""

from tests.chaos.clock import CLOCK
from tests.chaos.disk import DISK
from tests.chaos.kills import KILLING
from tests.chaos.network import NETWORK
from tests.chaos.pause import PAUSES
from tests.chaos.stores import BROKER, DATABASE

DRILLS = {drill.name: drill for drill in (KILLING, *PAUSES, BROKER, DISK, NETWORK, DATABASE, CLOCK)}
