"""Several servers measured in turns, and our programs beside those of another commit."""

import statistics
from pathlib import Path

MAX_RATIO = 1.03


def add_options(parser, rounds, seconds):
    parser.add_argument("--rounds", type=int, default=rounds, help="(%(default)s)")
    parser.add_argument("--seconds", type=type(seconds), default=seconds, help="of each server in a round (%(default)s)")
    parser.add_argument("--beside", type=Path, metavar="BIN", help="a folder with the programs of another commit, to be measured too")
    parser.add_argument("--max-ratio", type=float, metavar="N",
                        help=f"with --beside: exit 1 if ours take more than N times that commit's CPU per request ({MAX_RATIO})")


def parse_options(parser):
    options = parser.parse_args()
    if options.max_ratio is not None and not options.beside:
        parser.error("--max-ratio goes with --beside")
    options.max_ratio = options.max_ratio or MAX_RATIO
    return options


def measure_in_turns(servers, rounds, measure):
    """By the server's name a list of what `measure(server)` returns in each round: rate and milliseconds of CPU per request.

    Every other round goes the other way round, so that a machine that gets slower or faster favours none of them."""
    results = {server.name: [] for server in servers}
    for number in range(rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            results[server.name].append(measure(server))
    return results


def medians(measured):
    """Of the rates, and of the milliseconds of CPU per request."""
    return [statistics.median(values) for values in zip(*measured)]


def ratio_to_beside(results):
    """The median over the rounds of our CPU per request divided by the other commit's."""
    return statistics.median(ours[1] / beside[1] for ours, beside in zip(results["ours"], results["beside"]))


def is_as_cheap_as_beside(what, results, max_ratio):
    """Prints `ratio_to_beside`; true if it is not above the limit."""
    ratio = ratio_to_beside(results)
    print(f"  ours / beside, {what}: CPU {ratio:.3f} (at most {max_ratio:g})")
    return ratio <= max_ratio
