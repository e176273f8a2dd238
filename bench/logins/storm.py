"""storm.py PORT NETWORK ADDRESSES TRIES AT_ONCE: a storm of wrong logins from 127.NETWORK.0.0/16, in a process of its own so that it
does not hold up who measures. Prints the number of answers by their status, and the seconds it took, as JSON."""

import collections
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from loop_programs.login_storm import Storm, addresses  # noqa: E402

port, network, count, tries, at_once = (int(word) for word in sys.argv[1:])
storm = Storm(port, addresses(network, count), tries, at_once).start()
answers = storm.wait()
print(json.dumps({"seconds": storm.ended - storm.began, "statuses": collections.Counter(answer.status for answer in answers)}))
