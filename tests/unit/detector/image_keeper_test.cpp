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
        auto const jpeg = io.run(keeper.to_jpeg(test::sent_file(bytes)));
        if (!jpeg) return jpeg.error();
        return std::string(jpeg->view());
    }
    Result<void> keep(std::vector<ImageToKeep> images, bool priority = false)
    {
        return io.run(keeper.keep(std::move(images), priority));
    }
    ImageMetadata kept(ImageMetadata metadata)
    {
        keep({{test::sent_file(test::a_jpeg()), std::move(metadata)}}).value();
        auto const item = outbox.take_batch(1, 1 << 20).at(0);
        auto const text = test::bytes_of(outbox.folder_of(item) / item.file_name(".json"));
        io.run(outbox.remove({item}));
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

TEST_F(ImageKeeperTest, keeps_none_of_the_images_if_one_is_wrong)
{
    auto const refused = keep({{test::sent_file(test::a_jpeg()), {}}, {test::sent_file("text"), {}}});
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    EXPECT_TRUE(outbox.empty());
}

TEST_F(ImageKeeperTest, encodes_nothing_more_when_the_node_ends)
{
    keeper.end();
    EXPECT_EQ(keep({{test::sent_file(test::a_jpeg()), {}}}).error().code, Errc::unavailable);
    EXPECT_TRUE(outbox.empty());
}

TEST_F(ImageKeeperTest, writes_a_date_anew_that_loops_might_not_read)
{
    std::vector<std::pair<std::string, std::string>> const table{
        {"2024-01-31 12:00:00.123456789", "2024-01-31T12:00:00.123456"},
        {"2024-01-31T12:00:00,5 +02", "2024-01-31T12:00:00.5+02:00"},
        {"2024-01-31T12:00:00+0200", "2024-01-31T12:00:00+02:00"},
        {"2024-01-31T12:00", "2024-01-31T12:00:00"},
        {"2024-01-31_12:00:00.123", "2024-01-31_12:00:00.123"}}; // which they read
    for (auto const& [sent, should] : table) {
        ImageMetadata metadata;
        metadata.created = sent;
        EXPECT_EQ(kept(metadata).created, should) << sent;
    }
}

TEST_F(ImageKeeperTest, makes_a_jpeg_of_pixels)
{
    auto const jpeg = io.run(keeper.to_jpeg({Bytes(std::string(18, 'x')), "image", PixelLayout{3, 2, 3}})).value();
    EXPECT_EQ(decode_image(jpeg.view())->size(), cv::Size(3, 2));
}

TEST_F(ImageKeeperTest, encodes_with_the_quality_it_is_told)
{
    auto const png = test::sample_image("rgb.png");
    ImageKeeper rough(outbox, {}, 10);
    auto const fine_jpeg = to_jpeg(png).value();
    auto const rough_jpeg = io.run(rough.to_jpeg(test::sent_file(png))).value();
    EXPECT_LT(rough_jpeg.size(), fine_jpeg.size());
    EXPECT_EQ(fine_jpeg, encode_jpeg(decode_image(png).value(), 95).value());
}

} // namespace
} // namespace learning_loop
