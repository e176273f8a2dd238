#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// What the page of any node tells.
struct AnyNodeStatus {
    std::string name;
    std::string version;                       ///< Of this program.
    std::optional<std::string> node_version;   ///< The setting NODE_VERSION.
    std::string loop;                          ///< URL.
    std::int64_t uptime = 0;                   ///< Seconds.
    std::map<std::string, std::string> errors; ///< What is wrong, by the step that failed; empty when all is well.
};
BOOST_DESCRIBE_STRUCT(AnyNodeStatus, (), (name, version, node_version, loop, uptime, errors))

/// Whether a word tells of something that is as it should be.
enum class Look {
    good,
    calm, ///< Neither: as the user wants it, or not yet known.
    bad
};
BOOST_DESCRIBE_ENUM(Look, good, calm, bad)

/// The connection of a node to its Loop, in a word or two: `connected`, `muted`.
struct NodeLink {
    std::string word;
    Look look = Look::calm;
};
BOOST_DESCRIBE_STRUCT(NodeLink, (), (word, look))

/// What there is to know about this kind of node, such as `Source format` and `format_a`.
struct NodeFact {
    std::string label;
    std::string value;
};
BOOST_DESCRIBE_STRUCT(NodeFact, (), (label, value))

/// What the node works on now.
struct NodeJob {
    std::string what;               ///< A name: the model, or the image.
    std::string step;               ///< What is being done with it, such as `downloading`.
    std::optional<double> progress; ///< 0 to 1, of all steps; absent: nobody knows.
    std::string since;              ///< ISO, UTC.

    /// ISO, UTC: when `progress` was 0, so that the page can tell about how long the job still takes. Absent: it does
    /// not tell, as when the job began somewhere in the middle.
    std::optional<std::string> progress_since = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(NodeJob, (), (what, step, progress, since, progress_since))

/// What the node has done.
struct NodeResult {
    std::string when; ///< ISO, UTC.
    std::string what; ///< As that of the job.
    std::string outcome;
    bool is_failure = false;
};
BOOST_DESCRIBE_STRUCT(NodeResult, (), (when, what, outcome, is_failure))

/// A button that the operator may press.
struct NodeAction {
    std::string label; ///< Such as `Try failed models again`.
    std::string path;  ///< It sends a POST without a body to that route of the node, such as `/retry`.
    std::string done;  ///< What is told when the route has answered 2xx. Of other answers the `detail` is told.

    /// What a person must say yes to before, such as `Throw away what training 7 has learned?`. As long as the action
    /// is about the same, the question must be the same: the page withdraws it once the status has another.
    std::optional<std::string> question = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(NodeAction, (), (label, path, done, question))

struct CurvePoint {
    double x = 0;
    double y = 0;
};
BOOST_DESCRIBE_STRUCT(CurvePoint, (), (x, y))

/// Which values of a metric are better.
enum class Aim {
    unknown, ///< The page tells the lowest and the highest.
    high,
    low
};
BOOST_DESCRIBE_ENUM(Aim, unknown, high, low)

/// How a metric has changed. The page draws each in a chart of its own.
struct NodeCurve {
    std::string label;              ///< The name of the metric, which no other curve of the node has.
    std::string x_label;            ///< What is counted, such as `epoch`.
    std::vector<CurvePoint> points; ///< By growing x, at most 500. Those that are no finite numbers are left out.
    std::string unit{};             ///< Of y, such as `%`; empty: none.
    Aim aim = Aim::unknown;
};
BOOST_DESCRIBE_STRUCT(NodeCurve, (), (label, x_label, points, unit, aim))

/// The end of a log.
struct NodeLog {
    std::string name;               ///< Of its file.
    std::vector<std::string> lines; ///< At most 200, the newest last.
};
BOOST_DESCRIBE_STRUCT(NodeLog, (), (name, lines))

/// How a node without a page of its own is, as its page shows it. Whoever fills it bounds the lists.
struct NodeStatus : AnyNodeStatus {
    std::string kind;    ///< `converter`.
    std::string purpose; ///< What it is here for, in one sentence.
    NodeLink link;
    std::vector<NodeFact> facts;
    std::vector<NodeJob> jobs;
    std::string idle;                ///< What it waits for while there are no jobs, in a sentence.
    std::vector<NodeResult> results; ///< The newest first.
    std::vector<NodeAction> actions;
    std::vector<NodeCurve> curves; ///< At most 8.
    std::optional<NodeLog> log;    ///< Absent: the node has none to show.
};
BOOST_DESCRIBE_STRUCT(NodeStatus, (AnyNodeStatus),
                      (kind, purpose, link, facts, jobs, idle, results, actions, curves, log))

/// The answer of `GET /live`.
struct NodeSnapshot {
    std::string now; ///< ISO, UTC.
    NodeStatus status;
};
BOOST_DESCRIBE_STRUCT(NodeSnapshot, (), (now, status))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<NodeStatus>();
extern template JsonType const& json_type<NodeSnapshot>();

} // namespace learning_loop
