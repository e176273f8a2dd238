#include "learning_loop/async/task_group.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/detector/outbox/outbox_uploader.h"
#include "learning_loop/node/loop_client.h"
#include "support/fake_loop.h"
#include "support/fault_proxy.h"
#include "support/run.h"
#include "support/temp_folder.h"
#include "support/variable.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <set>

// The upload of 20 images, whose first connection is cut after a number of bytes: at 150 places drawn at random, or at
// so many as LL_UPLOAD_CUTS says, or at each (LL_UPLOAD_CUTS=all, `./test soak upload_cuts`). LL_UPLOAD_CUTS_SEED
// repeats a draw.

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int images_per_upload = 20;
constexpr int max_times_sent = 2;           // of an image: by the try that was cut, and by the next one
constexpr std::size_t max_connections = 10; // of a node that has so few images

struct Cut {
    bool is_up = true; ///< Of what the node says, else of what the Loop answers.
    bool resets = true;
    std::uint64_t after = 0;

    std::string text() const
    {
        return std::string(is_up ? "the upload" : "the answer") + " cut by " + (resets ? "RST" : "FIN") + " after " +
               std::to_string(after) + " bytes";
    }
    test::Faults faults() const
    {
        test::Faults faults;
        (is_up ? faults.cut_up_after : faults.cut_down_after) = after;
        faults.resets = resets;
        return faults;
    }
};

/// Each place among the first 4 KiB, then each 997th, and the last ones.
std::vector<std::uint64_t> places(std::uint64_t bytes)
{
    std::vector<std::uint64_t> found{bytes - 1, bytes};
    for (std::uint64_t at = 0; at < bytes - 1; at += at < 4096 ? 1 : 997) found.push_back(at);
    return found;
}

/// A node that has 20 images for its Loop.
class SendingNode {
public:
    SendingNode(test::Io& io, std::string const& url, std::mt19937& random) : io_(io)
    {
        for (int i = 0; i < images_per_upload; ++i) lay(random);
        outbox_.emplace(io.executor(), folder_.path(), OutboxLimits{.min_free_disk_bytes = 0});
        settings_.loop_host = url;
        session_.emplace(io.executor(), settings_);
        client_.emplace(*session_, Context{"zauberzeug", "demo"});
        UploadOptions options;
        options.first_wait = 10ms;
        uploader_.emplace(*outbox_, *client_, options);
        tasks_.spawn("uploads", uploader_->run());
    }
    SendingNode(SendingNode const&) = delete;
    SendingNode& operator=(SendingNode const&) = delete;
    ~SendingNode()
    {
        tasks_.cancel();
        io_.run(tasks_.join());
    }

    bool ends_empty()
    {
        auto const is_empty = [&] { return outbox_->empty() && fs::is_empty(folder_ / "normal"); };
        return io_.run_until(is_empty) && fs::is_empty(folder_ / "rejected");
    }

    /// By the name that is the key of the image.
    std::map<std::string, std::string> const& images() const { return images_; }
    std::map<std::string, std::string> const& metadata() const { return metadata_; }

private:
    /// As an earlier process has left it: nothing has to be made durable for the test.
    void lay(std::mt19937& random)
    {
        OutboxItem const item{new_uuid(), false, 0};
        std::string jpeg(2000, '\0');
        for (auto& byte : jpeg) byte = static_cast<char>(random());
        std::string const json =
            R"({"tags":["a tag"],"source":")" + std::to_string(1'000'000 + random() % 1000) + "\"}";
        test::put(folder_ / "normal" / item.id / item.file_name(".jpg"), jpeg);
        test::put(folder_ / "normal" / item.id / item.file_name(".json"), json);
        images_[item.file_name(".jpg")] = jpeg;
        metadata_[item.file_name(".json")] = json;
    }

    test::Io& io_;
    test::TempFolder folder_;
    std::map<std::string, std::string> images_;
    std::map<std::string, std::string> metadata_;
    std::optional<Outbox> outbox_;
    NodeSettings settings_;
    std::optional<LoopSession> session_;
    std::optional<LoopClient> client_;
    std::optional<OutboxUploader> uploader_;
    TaskGroup tasks_{io_.executor()};
};

struct UploadCutsTest : testing::Test {
    test::Io io;
    test::FakeLoop loop;
    test::FaultProxy link{loop.port()};
    std::mt19937 random;
    std::set<std::string> sent; ///< Names of the images of all nodes.
    int sent_again = 0;
    std::size_t most_connections = 0;

    /// What goes up and down when nothing is cut.
    std::pair<std::uint64_t, std::uint64_t> bytes_of_an_upload()
    {
        upload({});
        auto const up = link.bytes_up();
        auto const down = link.bytes_down();
        return {up, down};
    }

    void upload(test::Faults const& faults)
    {
        auto const connections = link.connections();
        link.spoil_next(faults);
        {
            SendingNode node(io, link.url(), random);
            for (auto const& [name, jpeg] : node.images()) sent.insert(name);
            ASSERT_TRUE(node.ends_empty());
            expect_each_once(node);
        }
        most_connections = std::max(most_connections, link.connections() - connections);
        EXPECT_LE(link.connections() - connections, max_connections);
    }

    /// Late images of an earlier node may be there, too.
    void expect_each_once(SendingNode const& node)
    {
        loop.with([&](auto& state) {
            for (auto const& [name, jpeg] : node.images()) {
                ASSERT_TRUE(state.images.contains(name)) << name << " is lost";
                EXPECT_TRUE(state.images.at(name) == jpeg) << name << " is another image";
                EXPECT_LE(state.times_taken.at(name), max_times_sent) << name;
                sent_again += state.times_taken.at(name) - 1;
            }
            for (auto const& [name, json] : node.metadata()) EXPECT_EQ(state.metadata.at(name), json);
            for (auto const& [name, jpeg] : state.images) EXPECT_TRUE(sent.contains(name)) << "nobody sent " << name;
            EXPECT_EQ(state.changed, 0);
            state = {};
        });
    }

    std::vector<Cut> all_cuts()
    {
        auto const [up, down] = bytes_of_an_upload();
        std::vector<Cut> cuts;
        for (bool const resets : {true, false}) {
            for (auto const at : places(up)) cuts.push_back({true, resets, at});
            for (auto const at : places(down)) cuts.push_back({false, resets, at});
        }
        return cuts;
    }
};

/// So many of them as LL_UPLOAD_CUTS says, in any order; always those at the ends.
std::vector<Cut> drawn_of(std::vector<Cut> cuts, std::mt19937& random)
{
    auto const count = test::variable_or("LL_UPLOAD_CUTS", "150");
    if (count == "all") return cuts;
    std::shuffle(cuts.begin(), cuts.end(), random);
    std::stable_partition(cuts.begin(), cuts.end(), [](Cut const& cut) { return cut.after == 0; });
    cuts.resize(std::min(cuts.size(), std::stoul(count)));
    return cuts;
}

TEST_F(UploadCutsTest, bring_each_image_to_the_loop_once)
{
    auto const seed = std::stoul(test::variable_or("LL_UPLOAD_CUTS_SEED", std::to_string(std::random_device{}())));
    std::cout << "seed " << seed << '\n';
    random.seed(seed);
    auto const all = all_cuts();
    auto const drawn = drawn_of(all, random);
    for (auto const& cut : drawn) {
        SCOPED_TRACE(cut.text());
        upload(cut.faults());
        if (HasFailure()) break;
    }
    std::cout << "figures: uploads of 20 images cut at " << drawn.size() << " of " << all.size()
              << " places: " << link.cuts() << " connections were cut, 0 images lost, 0 twice, " << sent_again
              << " sent again and recognized, at most " << most_connections << " connections for an upload\n";
    EXPECT_EQ(link.cuts(), drawn.size());
}

} // namespace
} // namespace learning_loop
