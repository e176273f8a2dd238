#include "learning_loop/trainer/dataset/dataset_writer.h"

#include "learning_loop/json/json.h"

#include "support/fake_dataset_loop.h"
#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using Sets = std::vector<std::optional<ImageSet>>;
using test::fake_image_id;

struct DatasetWriterTest : testing::Test {
    test::TempFolder folder;
    fs::path const file = folder / "dataset.jsonl";

    static TrainingImage image(int number)
    {
        TrainingImage image;
        image.id = fake_image_id(number);
        image.width = 8;
        image.height = 6;
        image.box_annotations = {{"c", 1, 2.5, 3, 4}};
        image.segmentation_annotations = {{"d", Shape{{{1, 2}, {3, 4}, {5, 6}}}}};
        image.classification_annotation = TrainingClass{"e"};
        return image;
    }
    static std::vector<TrainingImage> some(int count)
    {
        std::vector<TrainingImage> images;
        for (int number = 1; number <= count; ++number) images.push_back(image(number));
        return images;
    }
    std::vector<TrainingImage> read() const
    {
        std::vector<TrainingImage> images;
        auto const take = [&](TrainingImage image) -> Result<void> {
            images.push_back(std::move(image));
            return {};
        };
        auto const done = read_dataset(file, take);
        if (!done) ADD_FAILURE() << done.error().message;
        return images;
    }
    Errc error_of_reading() const
    {
        return read_dataset(file, [](TrainingImage) { return Result<void>(); }).error().code;
    }
    std::size_t files() const
    {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), {}));
    }
};

TEST_F(DatasetWriterTest, writes_what_stays_in_the_order_it_came)
{
    {
        auto writer = DatasetWriter::create(file);
        ASSERT_TRUE(writer.value().add(some(3)));
        ASSERT_TRUE(writer->add({image(4)}));
        EXPECT_FALSE(fs::exists(file));
        auto const counts = writer->finish({ImageSet::val, std::nullopt, ImageSet::train, ImageSet::test});
        EXPECT_EQ(to_json(counts.value()), to_json(DatasetCounts{1, 1, 1, 0, 0}));
    }
    auto const images = read();
    ASSERT_EQ(images.size(), 3u);
    EXPECT_EQ(images[0].id, fake_image_id(1));
    EXPECT_EQ(images[0].set, ImageSet::val);
    EXPECT_EQ(images[1].id, fake_image_id(3));
    EXPECT_EQ(images[2].set, ImageSet::test);
    auto expected = image(4);
    expected.set = ImageSet::test;
    EXPECT_EQ(to_json(images[2]), to_json(expected));
    EXPECT_EQ(files(), 1u);
}

TEST_F(DatasetWriterTest, leaves_the_former_dataset_alone_until_the_new_one_is_whole)
{
    test::put(file, "former");
    {
        auto writer = DatasetWriter::create(file);
        ASSERT_TRUE(writer.value().add(some(3)));
    }
    EXPECT_EQ(test::bytes_of(file), "former");
    EXPECT_EQ(files(), 1u);
}

TEST_F(DatasetWriterTest, says_that_the_disk_is_full_and_leaves_nothing_half)
{
    for (rlim_t const room : {100, 2000}) {
        auto writer = DatasetWriter::create(file);
        Result<DatasetCounts> refused = Error();
        {
            test::ShortOfSpace const full(room);
            auto const added = writer.value().add(some(7));
            refused = added ? writer->finish(Sets(7, ImageSet::train)) : added.error();
        }
        EXPECT_EQ(refused.error().code, Errc::out_of_space);
        EXPECT_NE(refused.error().message.find("the disk is full: free some space"), std::string::npos);
        EXPECT_FALSE(fs::exists(file));
    }
    EXPECT_EQ(files(), 0u);
}

TEST_F(DatasetWriterTest, makes_a_dataset_of_no_images)
{
    auto writer = DatasetWriter::create(file);
    EXPECT_EQ(writer.value().finish({}).value().train, 0);
    EXPECT_TRUE(read().empty());
}

TEST_F(DatasetWriterTest, writes_what_is_read_until_the_reader_has_enough)
{
    auto writer = DatasetWriter::create(file);
    ASSERT_TRUE(writer.value().add(some(3)));
    ASSERT_TRUE(writer->finish(Sets(3, ImageSet::train)));
    int taken = 0;
    auto const enough = [&](TrainingImage) -> Result<void> {
        if (++taken < 2) return {};
        return Error{Errc::conflict, "enough"};
    };
    EXPECT_EQ(read_dataset(file, enough).error().code, Errc::conflict);
    EXPECT_EQ(taken, 2);
}

TEST_F(DatasetWriterTest, writes_lines_whose_damage_is_noticed)
{
    EXPECT_EQ(error_of_reading(), Errc::not_found);
    auto const line = to_text(to_json(image(1)));
    auto astray = image(1);
    astray.id = "../../x";
    for (auto const& text : {line, line + "\n" + line.substr(0, 40), line + "\n\n", std::string("{}\n"),
                             to_text(to_json(astray)) + "\n"}) {
        test::put(file, text);
        EXPECT_EQ(error_of_reading(), Errc::invalid_argument) << text;
    }
}

} // namespace
} // namespace learning_loop
