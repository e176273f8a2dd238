#include "learning_loop/detector/image_notes.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(ImageNotes, name_a_camera_with_at_most_1000_bytes)
{
    EXPECT_TRUE(check_camera_id(""));
    EXPECT_TRUE(check_camera_id(std::string(1000, 'c')));
    auto const refused = check_camera_id(std::string(1001, 'c'));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    EXPECT_EQ(refused.error().message, "is longer than 1000 bytes: give each camera a shorter name");
}

TEST(ImageNotes, tell_a_date_in_every_form_that_cameras_write)
{
    for (auto const* date : {"2024-01-31T12:00:00", "2024-01-31_12:00:00.123", "2024-01-31 12:00:00.123456789+0200",
                             "2024-01-31", "2024-01-31T12:00Z"})
        EXPECT_TRUE(check_created(date)) << date;
    for (auto const* text : {"", "yesterday", "2024-02-30T12:00:00", "31.01.2024", "1706702400"})
        EXPECT_FALSE(check_created(text)) << text;
    EXPECT_EQ(check_created("yester\nday").error().message,
              "'yester?day' is no date: write it as 2024-01-31T12:00:00.123");
}

} // namespace
} // namespace learning_loop
