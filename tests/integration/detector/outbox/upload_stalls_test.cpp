#include "learning_loop/async/task_group.h"
#include "learning_loop/detector/outbox/outbox_uploader.h"
#include "learning_loop/node/loop_client.h"
#include "support/fake_loop.h"
#include "support/fault_proxy.h"
#include "support/keep_one.h"
#include "support/live_memory.h"
#include "support/run.h"
#include "support/scripted_server.h"
#include "support/temp_folder.h"
#include "support/variable.h"

#include <gtest/gtest.h>

#include <iostream>
#include <list>
#include <set>

// Loops that take uploads and do not answer, in every way that a network has: two rounds of them, or as many as
// LL_UPLOAD_STALLS says (`./test soak upload_cuts`).

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::Act;
using Then = Act::Then;

/// In which way a Loop does not answer.
struct Stall {
    std::string name;
    test::Faults faults;       ///< Of the way to the Loop.
    std::optional<Act> act;    ///< Of a Loop in the place of the good one.
    bool is_silent = false;    ///< The peer is gone, and nobody says so.
    bool ends_at_once = false; ///< It is no stall: the connection breaks.
    std::size_t image_bytes = 2000;
};

std::vector<Stall> stalls()
{
    constexpr std::size_t more_than_buffers_take = 12'000'000;
    std::vector<Stall> all;
    auto const add = [&](std::string name) -> Stall& {
        all.emplace_back().name = std::move(name);
        return all.back();
    };
    auto& deaf = add("accepts and never reads");
    deaf.faults.never_reads = true;
    deaf.image_bytes = more_than_buffers_take;
    add("reads and never answers").act = Act{"", Then::hangs};
    add("answers after an hour").faults.drops_answers = true;
    auto& reset = add("resets in the middle");
    reset.faults.cut_up_after = 1500;
    reset.ends_at_once = true;
    auto& ended = add("ends after the head");
    ended.act = Act{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", Then::closes};
    ended.ends_at_once = true;
    auto& slow = add("reads a byte a second");
    slow.faults.up_bytes_a_second = 1;
    slow.image_bytes = more_than_buffers_take;
    add("answers a byte a second").faults.down_bytes_a_second = 1;
    add("is gone without a word").is_silent = true;
    return all;
}

/// A node and its way to the Loop.
class StalledNode {
public:
    StalledNode(test::Io& io, Stall stall, std::uint16_t loop_port, UploadOptions options)
        : io_(io), stall_(std::move(stall)), loop_port_(loop_port), link_(loop_port), tasks_(io.executor())
    {
        settings_.loop_host = link_.url();
        auto to_loop = loop_session_options(settings_);
        to_loop.http.stall_timeout = 1s;
        session_.emplace(io.executor(), settings_, std::move(to_loop));
        client_.emplace(*session_, Context{"zauberzeug", "demo"});
        uploader_.emplace(outbox_, *client_, options);
        tasks_.spawn("uploads", uploader_->run());
    }
    StalledNode(StalledNode const&) = delete;
    StalledNode& operator=(StalledNode const&) = delete;
    ~StalledNode()
    {
        tasks_.cancel();
        io_.run(tasks_.join());
    }

    void spoil()
    {
        if (stall_.act) bad_loop_.emplace(std::vector<Act>{*stall_.act});
        link_.retarget(bad_loop_ ? bad_loop_->port() : loop_port_);
        link_.spoil(stall_.faults);
        link_.silence(stall_.is_silent);
        tries_before_ = link_.connections();
    }
    void heal()
    {
        link_.spoil({});
        link_.silence(false);
        link_.retarget(loop_port_);
        link_.cut_all();
    }
    /// Ends what was kept open, also on the side of the bad Loop.
    void hang_up()
    {
        link_.cut_all();
        bad_loop_.reset();
    }
    OutboxItem keep(int round)
    {
        auto jpeg = std::to_string(round) + std::string(stall_.image_bytes, 'x');
        return test::keep_one(io_, outbox_, std::move(jpeg), R"({"tags":[]})", false).value();
    }

    std::string const& name() const { return stall_.name; }
    std::size_t tries() const { return link_.connections() - tries_before_; }
    bool is_empty() const { return outbox_.empty(); }
    bool has_kept() { return !outbox_.empty() && fs::is_empty(folder_ / "rejected"); }
    bool tells_why() const
    {
        bool const says_stall = uploader_->problem() && uploader_->problem()->find("stalls") != std::string::npos;
        return uploader_->problem() && says_stall == !stall_.ends_at_once;
    }
    std::string problem() const { return uploader_->problem().value_or("none"); }

private:
    test::Io& io_;
    Stall stall_;
    std::uint16_t loop_port_;
    std::optional<test::ScriptedServer> bad_loop_;
    test::FaultProxy link_;
    test::TempFolder folder_;
    Outbox outbox_{io_.executor(), folder_.path(), {.max_bytes = 1 << 30, .min_free_disk_bytes = 0}};
    NodeSettings settings_;
    std::optional<LoopSession> session_;
    std::optional<LoopClient> client_;
    std::optional<OutboxUploader> uploader_;
    std::size_t tries_before_ = 0;
    TaskGroup tasks_;
};

struct UploadStallsTest : testing::Test {
    test::Io io;
    test::FakeLoop loop;
    std::list<StalledNode> nodes;
    std::size_t tries = 0;

    /// Each node finds that its Loop does not answer, gives up and tries again; when the Loop is well, it gets all.
    void spoil_and_heal(int round)
    {
        std::set<std::string> sent;
        for (auto& node : nodes) {
            node.spoil();
            sent.insert(node.keep(round).file_name(".jpg"));
        }
        for (auto& node : nodes) {
            ASSERT_TRUE(io.run_until([&] { return node.tries() > 1; })) << node.name();
            EXPECT_TRUE(node.has_kept()) << node.name();
            EXPECT_TRUE(node.tells_why()) << node.name() << ": " << node.problem();
            tries += node.tries();
        }
        for (auto& node : nodes) node.heal();
        for (auto& node : nodes) ASSERT_TRUE(io.run_until([&] { return node.is_empty(); })) << node.name();
        for (auto& node : nodes) node.hang_up();
        expect_each_once(sent);
    }

    void expect_each_once(std::set<std::string> const& sent)
    {
        loop.with([&](auto& state) {
            EXPECT_EQ(state.changed, 0);
            for (auto const& name : sent) EXPECT_TRUE(state.images.contains(name)) << name << " is lost";
            EXPECT_EQ(state.images.size(), sent.size());
            state = {};
        });
    }
};

TEST_F(UploadStallsTest, end_by_the_stall_timeout_and_cost_no_image_and_no_descriptor)
{
    auto const rounds = std::stoi(test::variable_or("LL_UPLOAD_STALLS", "2"));
    for (auto const& stall : stalls())
        nodes.emplace_back(io, stall, loop.port(), UploadOptions{.first_wait = 10ms, .max_wait = 50ms});
    std::vector<std::size_t> descriptors;
    for (int round = 0; round < rounds; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        spoil_and_heal(round);
        if (HasFatalFailure()) return;
        descriptors.push_back(test::open_descriptors());
    }
    std::cout << "figures: Loops that do not answer: " << nodes.size() << " kinds, " << rounds << " rounds, " << tries
              << " tries given up, descriptors " << descriptors.front() << " to " << descriptors.back() << '\n';
    EXPECT_LE(descriptors.back(), descriptors.front() + nodes.size());
}

TEST_F(UploadStallsTest, are_followed_by_waits_that_double_up_to_a_limit)
{
    test::ScriptedServer const broken({{"", Then::resets}});
    StalledNode node(io, {}, broken.port(), {.first_wait = 40ms, .max_wait = 160ms});
    node.keep(0);
    std::vector const least{20ms, 40ms, 80ms, 80ms, 80ms}; // half of each
    ASSERT_TRUE(io.run_until([&] { return broken.requests().size() > least.size(); }));
    auto const times = broken.times();
    for (std::size_t i = 0; i < least.size(); ++i) EXPECT_GE(times[i + 1] - times[i], least[i]) << i;
}

} // namespace
} // namespace learning_loop
