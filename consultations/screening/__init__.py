"""Help for moderators, computed as comments arrive: marks, and the campaigns that they belong to.

`marks` reads one text; `arrivals` looks at new versions within the verb that writes them;
`finding` asks the database what is like them; `campaigns` keeps who stands in which; `catching_up`
does the same for what came in bulk. Nothing here holds a comment back.
"""

from consultations.screening.arrivals import screen
from consultations.screening.campaigns import renew
from consultations.screening.catching_up import catch_up, forget_earlier
from consultations.screening.marks import Mark

__all__ = ["Mark", "catch_up", "forget_earlier", "renew", "screen"]
