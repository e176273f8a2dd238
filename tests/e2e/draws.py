"""What tests draw: the same again for the same seed, which is printed. LL_CASES_SEED sets it."""

import os
import random

from nodes import with_comment
from programs import jpeg

SEED = int(os.environ.get("LL_CASES_SEED") or random.SystemRandom().randrange(2**32))


def draws(what):
    """Chances of its own for each thing that is drawn, so that one does not depend on how often another was."""
    print(f"\n{what}: LL_CASES_SEED={SEED}")
    return random.Random(f"{SEED} {what}")


def new_image(chance, size=(64, 48)):
    """A JPEG that nobody has sent before."""
    return with_comment(jpeg(chance.randrange(8), size), b"%032x" % chance.getrandbits(128))
