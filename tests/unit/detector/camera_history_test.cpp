#include "learning_loop/detector/camera_history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace learning_loop {
namespace {

using std::chrono::seconds;
using Time = CameraHistory::Time;

/// The rule without a grid: compares with everything.
class PlainHistory {
public:
    explicit PlainHistory(std::size_t max_observations) : max_observations_(max_observations) {}

    bool observe(std::string const& category, Place const& place, Time now)
    {
        std::erase_if(seen_, [&](auto const& seen) { return now - seen.last_seen > seconds(3600); });
        auto const is_other = [&](auto const& seen) {
            return seen.category != category || !similar(seen.place, place);
        };
        auto const renewed = std::stable_partition(seen_.begin(), seen_.end(), is_other);
        bool const is_new = renewed == seen_.end();
        for (auto seen = renewed; seen != seen_.end(); ++seen) seen->last_seen = now;
        if (is_new) seen_.push_back({category, place, now});
        if (seen_.size() > max_observations_) seen_.erase(seen_.begin());
        return is_new;
    }

private:
    struct Seen {
        std::string category;
        Place place;
        Time last_seen;
    };

    static bool similar(Place const& a, Place const& b)
    {
        if (a.index() != b.index()) return false;
        if (auto const* point = std::get_if<Point>(&a)) return distance(*point, std::get<Point>(b)) < 10;
        return overlap(std::get<BoxPlace>(a), std::get<BoxPlace>(b)) >= 0.5;
    }
    static double distance(Point a, Point b)
    {
        return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
    }
    static double overlap(BoxPlace a, BoxPlace b)
    {
        double const width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
        double const height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
        if (width <= 0 || height <= 0) return 0;
        return width * height / (a.width * a.height + b.width * b.height - width * height);
    }

    std::size_t max_observations_;
    std::vector<Seen> seen_; // last seen last
};

struct CameraHistoryTest : testing::Test {
    /// Lets the history and the plain one observe the same. Counts what is new.
    void observe(CameraHistory& history, PlainHistory& plain, std::string const& category, Place const& place)
    {
        history.forget_old(now);
        bool const is_new = history.observe(category, place, now);
        ASSERT_EQ(is_new, plain.observe(category, place, now));
        ++(is_new ? news : known);
    }
    int below(int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); }
    std::string a_category() { return "category " + std::to_string(below(3)); }

    std::mt19937 random{5};
    Time now{};
    int news = 0, known = 0;
};

TEST_F(CameraHistoryTest, tells_new_from_known_like_one_that_compares_with_everything)
{
    CameraHistory history(100'000);
    PlainHistory plain(100'000);
    for (int i = 0; i < 20'000; ++i) {
        if (i % 10 == 0) now += seconds(below(60));
        int const size = 8 + below(1 << below(8));
        BoxPlace const box{below(200) - 50, below(100) - 50, size + below(8), size};
        Point const point{below(2000) / 10.0 - 100, below(1000) / 10.0 - 50};
        auto const place = i % 3 == 0 ? Place(point) : Place(box);
        ASSERT_NO_FATAL_FAILURE(observe(history, plain, a_category(), place)) << i;
    }
    EXPECT_GT(news, 3000);
    EXPECT_GT(known, 3000);
}

// Here nothing is similar to two others, since it is open which of several that are renewed at once goes first.
TEST_F(CameraHistoryTest, replaces_what_was_not_seen_for_longest_like_a_plain_one)
{
    CameraHistory history(300);
    PlainHistory plain(300);
    for (int i = 0; i < 20'000; ++i) {
        if (i % 10 == 0) now += seconds(below(200));
        int const site = 100 * below(60);
        BoxPlace const box{site + below(4), -site, 90 + below(4), 90};
        Point const point{site + 0.1 * below(40), double(site)};
        auto const place = i % 3 == 0 ? Place(point) : Place(box);
        ASSERT_NO_FATAL_FAILURE(observe(history, plain, a_category(), place)) << i;
    }
    EXPECT_GT(news, 2000);
    EXPECT_GT(known, 5000);
}

TEST_F(CameraHistoryTest, keeps_what_is_seen_again_and_replaces_the_others)
{
    CameraHistory history(3);
    auto const is_new = [&](double x) { return history.observe("weed", Point{x, 0}, now); };
    for (double const x : {0, 100, 200}) ASSERT_TRUE(is_new(x));
    ASSERT_FALSE(is_new(0));
    ASSERT_TRUE(is_new(300)); // in place of 100
    EXPECT_FALSE(is_new(0));
    EXPECT_FALSE(is_new(200));
    EXPECT_TRUE(is_new(100));
}

TEST_F(CameraHistoryTest, does_not_remember_what_is_similar_to_nothing)
{
    CameraHistory history(1);
    ASSERT_TRUE(history.observe("weed", Point{0, 0}, now));
    EXPECT_TRUE(history.observe("weed", BoxPlace{0, 0, 0, 0}, now));
    EXPECT_TRUE(history.observe("weed", BoxPlace{0, 0, -5, -5}, now));
    EXPECT_TRUE(history.observe("weed", Point{NAN, 0}, now));
    EXPECT_TRUE(history.observe("weed", Point{INFINITY, -INFINITY}, now));
    EXPECT_FALSE(history.observe("weed", Point{0, 0}, now)) << "replaced";
}

TEST_F(CameraHistoryTest, takes_no_memory_for_what_it_has_forgotten)
{
    CameraHistory history(1000);
    EXPECT_EQ(history.bytes(), 0U);
    for (int i = 0; i < 2000; ++i) history.observe(std::string(5000, 'c'), Point{100.0 * i, 0}, now);
    EXPECT_GT(history.bytes(), 1000 * 5000U);
    EXPECT_LT(history.bytes(), 1000 * 5500U);
    history.forget_old(now + seconds(3600));
    EXPECT_FALSE(history.empty());
    history.forget_old(now + seconds(3601));
    EXPECT_TRUE(history.empty());
    EXPECT_EQ(history.bytes(), 0U);
}

} // namespace
} // namespace learning_loop
