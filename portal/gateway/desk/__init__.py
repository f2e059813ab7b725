"""The portal's side of the desk bridge: which desks there are, and what the library behind one is asked.

The bridge itself, the program on the desk's computer, is `portal.gateway.bridge`; the wire between them is
`portal.gateway.wire.desk`. A request names its desk in its item `desk` (`at_desk`), or none: then the channel's own
bridge is asked.
"""

from portal.gateway.desk.cards import CARDS
from portal.gateway.desk.gateway import ONETRANS, at_desk
from portal.gateway.desk.gbk import gbk_faults, gbk_size
from portal.gateway.desk.station import Station

__all__ = ["CARDS", "ONETRANS", "Station", "at_desk", "gbk_faults", "gbk_size"]
