#include "learning_loop/detector/detector.h"

#include "unit/detector/detector_fixture.h"

namespace learning_loop {
namespace {

struct DetectorTest : test::DetectorFixture {
    Result<Detected> detect(ImageNotes const& notes = {}, std::string const& bytes = test::a_jpeg())
    {
        return io.run(detector.detect(Bytes(bytes), notes));
    }
    Result<void> keep(std::vector<std::string> const& files, ImageNotes const& notes = {})
    {
        std::vector<Bytes> images;
        for (auto const& bytes : files) images.emplace_back(bytes);
        return io.run(detector.keep(std::move(images), notes));
    }
    static ImageNotes notes_with(Autoupload autoupload)
    {
        ImageNotes notes;
        notes.autoupload = autoupload;
        return notes;
    }
};

using Tags = std::vector<std::string>;

TEST_F(DetectorTest, tells_what_it_found_and_why_it_keeps_it)
{
    ImageNotes notes;
    notes.tags = {"front"};
    notes.source = "robot";
    notes.created = "2024-01-31T12:00:00";
    findings->next->tags = {"dark"};
    auto const detected = detect(notes).value();
    EXPECT_EQ(detected.metadata.box_detections.at(0).category_id, "w");
    EXPECT_EQ(detected.metadata.tags, (Tags{"dark", "front"}));
    EXPECT_EQ(detected.metadata.source, "robot");
    EXPECT_EQ(detected.metadata.created, "2024-01-31T12:00:00");
    EXPECT_EQ(detected.causes, Tags{"uncertain"});
}

TEST_F(DetectorTest, remembers_no_more_than_the_first_200_bytes_of_a_camera)
{
    ImageNotes notes;
    notes.camera = std::string(200, 'c') + "front";
    EXPECT_EQ(detect(notes).value().causes, Tags{"uncertain"});
    notes.camera = std::string(200, 'c') + "rear";
    EXPECT_EQ(detect(notes).value().causes, Tags{});
    notes.camera = std::string(199, 'c');
    EXPECT_EQ(detect(notes).value().causes, Tags{"uncertain"});
}

TEST_F(DetectorTest, has_kept_the_image_when_it_answers)
{
    ImageNotes notes;
    notes.tags = {"front"};
    auto const jpeg = test::a_jpeg(20, 10);
    ASSERT_TRUE(detect(notes, jpeg));
    auto const all = kept();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].jpeg, jpeg);
    EXPECT_EQ(all[0].metadata.tags, (Tags{"front", "uncertain"}));
}

TEST_F(DetectorTest, keeps_all_or_none_when_it_is_told_to)
{
    EXPECT_EQ(detect(notes_with(Autoupload::disabled)).value().causes, Tags());
    EXPECT_TRUE(kept().empty());
    findings->next->box_detections.clear();
    EXPECT_EQ(detect(notes_with(Autoupload::all)).value().causes, Tags{"all"});
    EXPECT_EQ(kept().at(0).metadata.tags, Tags());
}

TEST_F(DetectorTest, forgets_an_image_that_it_could_not_keep)
{
    {
        test::ShortOfSpace const limit(100);
        EXPECT_EQ(detect().error().code, Errc::out_of_space);
    }
    EXPECT_EQ(detect().value().causes, Tags{"uncertain"});
    EXPECT_EQ(detect().value().causes, Tags());
}

TEST_F(DetectorTest, keeps_images_without_a_detection)
{
    ImageNotes notes;
    notes.tags = {"a"};
    notes.priority = true;
    ASSERT_TRUE(keep({test::a_jpeg(8, 8, 1), test::a_jpeg(8, 8, 200)}, notes));
    auto const all = kept();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].metadata.tags, (Tags{"a", "picked_by_system"}));
    EXPECT_TRUE(all[1].priority);
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(DetectorTest, keeps_no_image_if_one_is_invalid)
{
    auto const refused = keep({test::a_jpeg(), "no image"});
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    EXPECT_TRUE(refused.error().message.starts_with("files[1]: ")) << refused.error().message;
    EXPECT_TRUE(kept().empty());
}

TEST_F(DetectorTest, takes_back_the_first_images_if_a_later_one_cannot_be_kept)
{
    test::ShortOfSpace const limit(5000);
    auto const too_long = test::a_jpeg() + std::string(6000, '\0') + "\xff\xd9";
    EXPECT_EQ(keep({test::a_jpeg(), too_long}).error().code, Errc::out_of_space);
    EXPECT_TRUE(kept().empty());
}

} // namespace
} // namespace learning_loop
