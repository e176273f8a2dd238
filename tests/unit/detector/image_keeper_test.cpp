#include "learning_loop/detector/image_keeper.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"
#include "support/run.h"
#include "support/sample_images.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct ImageKeeperTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    Outbox outbox{io.executor(), folder.path(), {.min_free_disk_bytes = 0}};
    ImageKeeper keeper{outbox};

    Result<std::string> to_jpeg(std::string const& bytes)
    {
        auto const owner = std::make_shared<std::string const>(bytes);
        return io.run(keeper.to_jpeg({owner, *owner}));
    }
    ImageMetadata kept(ImageMetadata metadata)
    {
        auto const item = io.run(keeper.keep("jpeg", std::move(metadata), false)).value();
        auto const text = test::bytes_of(outbox.folder_of(item) / item.file_name(".json"));
        return from_json<ImageMetadata>(parse_json(text, "kept").value()).value();
    }
};

TEST_F(ImageKeeperTest, leaves_a_jpeg_as_it_is)
{
    auto const jpeg = test::sample_image("rgb_progressive.jpg");
    EXPECT_EQ(to_jpeg(jpeg).value(), jpeg);
}

TEST_F(ImageKeeperTest, makes_a_jpeg_of_a_png)
{
    auto const png = test::sample_image("rgb.png");
    auto const header = read_image_header(to_jpeg(png).value()).value();
    EXPECT_EQ(header.format, ImageFormat::jpeg);
    EXPECT_EQ(header.width_px, read_image_header(png)->width_px);
    EXPECT_EQ(header.height_px, read_image_header(png)->height_px);
}

TEST_F(ImageKeeperTest, refuses_what_is_not_whole)
{
    auto const jpeg = test::sample_image("rgb_baseline.jpg");
    EXPECT_EQ(to_jpeg(jpeg.substr(0, jpeg.size() - 2)).error().code, Errc::invalid_argument);
    EXPECT_EQ(to_jpeg("text").error().code, Errc::invalid_argument);
    EXPECT_EQ(to_jpeg("").error().code, Errc::invalid_argument);
}

TEST_F(ImageKeeperTest, notes_when_an_image_came_unless_it_says_when_it_was_taken)
{
    ImageMetadata metadata;
    EXPECT_TRUE(is_timestamp(kept(metadata).created.value()));
    metadata.created = "2024-01-31T12:00:00";
    EXPECT_EQ(kept(metadata).created, "2024-01-31T12:00:00");
}

TEST_F(ImageKeeperTest, takes_back_what_it_kept)
{
    auto const item = io.run(keeper.keep("jpeg", {}, true)).value();
    EXPECT_FALSE(outbox.empty());
    io.run(keeper.take_back({item}));
    EXPECT_TRUE(outbox.empty());
}

} // namespace
} // namespace learning_loop
