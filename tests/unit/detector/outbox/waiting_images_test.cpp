#include "learning_loop/detector/outbox/waiting_images.h"

#include <gtest/gtest.h>

#include <iostream>
#include <random>

namespace learning_loop {
namespace {

using Ids = std::vector<std::string>;
constexpr std::uint64_t no_limit = 1 << 30;

struct WaitingImagesTest : testing::Test {
    WaitingImages waiting;

    void add(std::string const& id, std::string const& camera = "", bool priority = false)
    {
        waiting.add({id, priority, 100, camera});
    }
    static Ids ids_of(std::vector<OutboxItem> const& items)
    {
        Ids ids;
        for (auto const& item : items) ids.push_back(item.id);
        return ids;
    }
    /// Takes images, and they are sent.
    Ids send(std::size_t max_images, std::uint64_t max_bytes = no_limit)
    {
        auto const items = waiting.take(max_images, max_bytes);
        for (auto const& item : items) waiting.remove(item);
        return ids_of(items);
    }
};

TEST_F(WaitingImagesTest, hands_out_priority_oldest_first_then_normal_newest_first)
{
    add("1");
    add("2", "", true);
    add("3");
    add("4", "", true);
    EXPECT_EQ(send(10), (Ids{"2", "4", "3", "1"}));
}

TEST_F(WaitingImagesTest, lets_cameras_take_turns)
{
    for (auto const* id : {"1", "2", "3", "4"}) add(id, "busy");
    add("5", "calm");
    add("0", "slow");
    EXPECT_EQ(send(4), (Ids{"4", "5", "0", "3"}));
}

TEST_F(WaitingImagesTest, goes_on_with_the_next_camera)
{
    for (auto const* camera : {"a", "b", "c"}) {
        for (auto const* number : {"1", "2"}) add(std::string(number) + camera, camera);
    }
    EXPECT_EQ(send(2), (Ids{"2a", "2b"}));
    EXPECT_EQ(send(2), (Ids{"2c", "1a"}));
    EXPECT_EQ(send(2), (Ids{"1b", "1c"}));
}

TEST_F(WaitingImagesTest, takes_the_oldest_every_fourth_time)
{
    for (char number = 'a'; number <= 'z'; ++number) add(std::string(1, number));
    Ids sent;
    for (int i = 0; i < 8; ++i) sent.push_back(send(1).at(0));
    EXPECT_EQ(sent, (Ids{"z", "y", "x", "a", "w", "v", "u", "b"}));
}

TEST_F(WaitingImagesTest, hands_out_nothing_twice_until_it_is_released)
{
    for (auto const* id : {"1", "2", "3"}) add(id);
    auto const batch = waiting.take(2, no_limit);
    EXPECT_EQ(ids_of(batch), (Ids{"3", "2"}));
    EXPECT_EQ(ids_of(waiting.take(5, no_limit)), Ids{"1"});
    EXPECT_TRUE(waiting.take(5, no_limit).empty());
    waiting.release(batch);
    EXPECT_EQ(waiting.take(5, no_limit).size(), 2u);
}

TEST_F(WaitingImagesTest, bounds_a_batch_by_its_bytes_but_for_the_first_image)
{
    for (auto const* id : {"1", "2", "3"}) add(id);
    EXPECT_EQ(send(10, 250).size(), 2u);
    EXPECT_EQ(ids_of(waiting.take(10, 1)), Ids{"1"});
}

TEST_F(WaitingImagesTest, visits_the_oldest_of_all_cameras_in_their_order)
{
    add("4", "a");
    add("1", "b");
    add("3", "b");
    add("2", "c");
    add("0", "c", true);
    Ids visited;
    waiting.visit_oldest_normal([&](OutboxItem const& item) {
        visited.push_back(item.id);
        return visited.size() < 3;
    });
    EXPECT_EQ(visited, (Ids{"1", "2", "3"}));
}

TEST_F(WaitingImagesTest, counts_what_is_removed_once)
{
    add("1", "a");
    add("2", "a", true);
    OutboxItem const item{"1", false, 100, "a"};
    EXPECT_TRUE(waiting.remove(item));
    EXPECT_FALSE(waiting.remove(item));
    EXPECT_EQ(waiting.images(), 1u);
    EXPECT_EQ(waiting.normal_images(), 0u);
    EXPECT_EQ(waiting.bytes(), 100u);
}

TEST_F(WaitingImagesTest, remembers_a_bounded_number_of_cameras)
{
    for (int i = 0; i < 3000; ++i) add(std::to_string(i), "camera " + std::to_string(i));
    std::size_t sent = 0;
    for (auto batch = waiting.take(20, no_limit); !batch.empty(); batch = waiting.take(20, no_limit)) {
        for (auto const& item : batch) sent += waiting.remove(item) ? 1 : 0;
    }
    EXPECT_EQ(sent, 3000u);
    EXPECT_EQ(waiting.images() + waiting.bytes(), 0u);
}

/// Twice as many images come as are sent, most of them of one camera.
TEST_F(WaitingImagesTest, lets_no_camera_wait_for_another_under_overload)
{
    constexpr int cameras = 10;
    constexpr std::size_t per_batch = 20;
    std::mt19937 random(7);
    std::map<std::string, int> waits; // batches since it had its turn, while it has images
    int longest = 0;
    int number = 0;
    std::map<std::string, int> open;
    std::map<std::string, int> born; // by id, in batches
    int oldest_age = 0;
    for (int batch = 0; batch < 5000; ++batch) {
        for (std::size_t i = 0; i < 2 * per_batch; ++i) {
            auto const camera = random() % 2 == 0 ? std::string("0") : std::to_string(random() % cameras);
            auto const id = std::to_string(10'000'000 + number++);
            bool const priority = random() % 100 == 0;
            add(id, camera, priority);
            if (!priority) ++open[camera];
            born[id] = batch;
        }
        bool is_normal = false;
        std::set<std::string> served;
        for (auto const& item : waiting.take(per_batch, no_limit)) {
            EXPECT_FALSE(item.priority && is_normal) << "priority goes before normal";
            is_normal = !item.priority;
            waiting.remove(item);
            if (!item.priority) {
                --open[item.camera];
                served.insert(item.camera);
            }
            born.erase(item.id);
        }
        for (auto const& [camera, images] : open) {
            waits[camera] = images == 0 || served.contains(camera) ? 0 : waits[camera] + 1;
            longest = std::max(longest, waits[camera]);
        }
        // As with MAX_OUTBOX_SIZE: the oldest are dropped, so that what is older than all of them was sent.
        while (waiting.normal_images() > 2000) {
            std::vector<OutboxItem> oldest;
            waiting.visit_oldest_normal([&](OutboxItem const& item) { return oldest.push_back(item), false; });
            waiting.remove(oldest.at(0));
            --open[oldest.at(0).camera];
            born.erase(oldest.at(0).id);
        }
        int first_born = batch;
        for (auto const& [id, when] : born) first_born = std::min(first_born, when);
        oldest_age = std::max(oldest_age, batch - first_born);
    }
    std::cout << "figures: " << number << " images of " << cameras
              << " cameras at twice the rate of the link: the longest "
              << "a camera waited was " << longest << " batches, the oldest image " << oldest_age << " batches\n";
    EXPECT_LE(longest, 2);
    EXPECT_LE(oldest_age, 2000 / static_cast<int>(per_batch) + 10);
}

} // namespace
} // namespace learning_loop
