#include "learning_loop/async/task_group.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/detector/outbox/outbox_uploader.h"
#include "learning_loop/node/loop_client.h"
#include "support/fake_loop.h"
#include "support/fault_proxy.h"
#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <iostream>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

constexpr auto round_trip = 200ms;
constexpr int images = 240;

struct LongLinkTest : testing::Test {
    test::Io io;
    test::FakeLoop loop;
    test::FaultProxy link{loop.port()};
    NodeSettings settings;

    LongLinkTest()
    {
        test::Faults faults;
        faults.delay = round_trip / 2;
        link.spoil(faults);
        settings.loop_host = link.url();
    }

    /// Sends all images of an outbox; how long it took.
    std::chrono::duration<double> upload(int max_at_once)
    {
        test::TempFolder const folder;
        for (int i = 0; i < images; ++i) {
            OutboxItem const item{new_uuid(), false, 0};
            test::put(folder / "normal" / item.id / item.file_name(".jpg"), std::string(2000, 'x'));
            test::put(folder / "normal" / item.id / item.file_name(".json"), R"({"tags":[]})");
        }
        Outbox outbox(io.executor(), folder.path(), {.min_free_disk_bytes = 0});
        LoopSession session(io.executor(), settings);
        LoopClient client(session, Context{"zauberzeug", "demo"});
        OutboxUploader uploader(outbox, client, UploadOptions{.max_at_once = max_at_once});
        TaskGroup tasks(io.executor());
        auto const begin = std::chrono::steady_clock::now();
        tasks.spawn("uploads", uploader.run());
        EXPECT_TRUE(io.run_until([&] { return outbox.empty(); }));
        auto const took = std::chrono::steady_clock::now() - begin;
        tasks.cancel();
        io.run(tasks.join());
        return took;
    }
};

TEST_F(LongLinkTest, is_filled_by_several_uploads_at_once_and_no_image_is_sent_twice)
{
    auto const one = upload(1);
    auto const one_connection = link.connections();
    auto const several = upload(4);
    loop.with([&](auto& state) {
        EXPECT_EQ(state.images.size(), 2u * images);
        for (auto const& [name, times] : state.times_taken) EXPECT_EQ(times, 1) << name;
    });
    EXPECT_EQ(one_connection, 1u);
    EXPECT_LE(link.connections(), one_connection + 4);
    EXPECT_GT(link.connections(), one_connection + 1);
    std::cout << "figures: a link with a round trip of 200 ms: " << images / several.count()
              << " images a second with up to 4 uploads at once, " << images / one.count() << " with one, ratio "
              << one / several << ", duplicates 0\n";
}

} // namespace
} // namespace learning_loop
