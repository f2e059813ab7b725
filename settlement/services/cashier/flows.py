"""What the worker must have loaded: the handlers of everything that goes through a desk."""

from settlement.services.cards.pins import ChangingPin
from settlement.services.cashier.cancelling import Cancelling
from settlement.services.cashier.charging import Charging
from settlement.services.cashier.recharging import Recharging
from settlement.services.cashier.refunding import Refunding

CASHIER = (Recharging, Refunding, Charging, Cancelling, ChangingPin)
