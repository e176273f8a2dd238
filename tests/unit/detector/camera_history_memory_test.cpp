// That a history takes no more memory than it says.
#include "learning_loop/detector/camera_history.h"
#include "support/live_memory.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct CameraHistoryMemoryTest : testing::TestWithParam<std::string> {
    void SetUp() override
    {
        if (!test::memory_tells_something()) GTEST_SKIP() << "the allocator does not tell what is allocated";
    }
};

TEST_P(CameraHistoryMemoryTest, takes_no_more_than_it_says_and_gives_it_back)
{
    auto const before = test::memory_bytes();
    CameraHistory history(40'000);
    for (int i = 0; i < 40'000; ++i) history.observe(GetParam(), Point{20.0 * i, 0}, {});
    EXPECT_GT(test::memory_bytes() - before, 100 * 40'000);
    while (!history.empty()) {
        ASSERT_LE(test::memory_bytes() - before, static_cast<double>(history.bytes()) + 10'000);
        for (int i = 0; i < 1000; ++i) history.forget_oldest();
    }
    EXPECT_LE(test::memory_bytes() - before, 10'000);
}

INSTANTIATE_TEST_SUITE_P(, CameraHistoryMemoryTest,
                         testing::Values("weed", "sixteen letters.", "a category with a name of forty letters."));

} // namespace
} // namespace learning_loop
