#include "learning_loop/detector/detector.h"

#include "unit/detector/detector_fixture.h"

namespace learning_loop {
namespace {

struct DetectorTest : test::DetectorFixture {
    Result<std::vector<Detected>> detect_all(std::vector<std::string> const& files, ImageNotes const& notes = {})
    {
        return io.run(detector.detect(sent(files), notes));
    }
    Result<Detected> detect(ImageNotes const& notes = {}, std::string const& bytes = test::a_jpeg())
    {
        auto detected = detect_all({bytes}, notes);
        if (!detected) return detected.error();
        return detected->front();
    }
    Result<void> keep(std::vector<std::string> const& files, ImageMetadata const& metadata = {}, bool priority = false)
    {
        return io.run(detector.keep(sent(files), metadata, priority));
    }
    static std::vector<SentImage> sent(std::vector<std::string> const& files)
    {
        std::vector<SentImage> images;
        for (auto const& bytes : files)
            images.push_back(test::sent_file(bytes, "files[" + std::to_string(images.size()) + "]"));
        return images;
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

TEST_F(DetectorTest, tells_cameras_apart_by_the_last_of_1000_bytes)
{
    ImageNotes notes;
    notes.camera = std::string(999, 'c') + "1";
    EXPECT_EQ(detect(notes).value().causes, Tags{"uncertain"});
    EXPECT_EQ(detect(notes).value().causes, Tags{});
    notes.camera = std::string(999, 'c') + "2";
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
    ImageMetadata metadata;
    metadata.tags = {"a"};
    ASSERT_TRUE(keep({test::a_jpeg(8, 8, 1), test::a_jpeg(8, 8, 200)}, metadata, true));
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

TEST_F(DetectorTest, answers_with_the_clients_date_and_keeps_it_as_loops_read_it)
{
    ImageNotes notes;
    notes.autoupload = Autoupload::all;
    notes.created = "2024-01-31 12:00:00.123456789+0200";
    EXPECT_EQ(detect(notes)->metadata.created, "2024-01-31 12:00:00.123456789+0200");
    EXPECT_EQ(kept().at(0).metadata.created, "2024-01-31T12:00:00.123456+02:00");
}

TEST_F(DetectorTest, answers_a_batch_in_the_order_of_its_images)
{
    auto const detected = detect_all({test::a_jpeg(8, 8), test::a_jpeg(16, 8)}).value();
    ASSERT_EQ(detected.size(), 2u);
    EXPECT_EQ(detected[0].causes, Tags{"uncertain"});
    EXPECT_EQ(detected[1].causes, Tags()); // the first image has shown it
    EXPECT_EQ(findings->sizes, (std::vector{cv::Size(8, 8), cv::Size(16, 8)}));
    EXPECT_EQ(kept().size(), 1u);
}

TEST_F(DetectorTest, keeps_no_image_of_a_batch_if_one_is_none)
{
    auto const refused = detect_all({test::a_jpeg(), "no image"}, notes_with(Autoupload::all));
    EXPECT_TRUE(refused.error().message.starts_with("files[1]: ")) << refused.error().message;
    EXPECT_TRUE(kept().empty());
}

TEST_F(DetectorTest, takes_back_the_first_images_of_a_batch_if_a_later_one_cannot_be_kept)
{
    auto const too_long = test::a_jpeg() + std::string(6000, '\0') + "\xff\xd9";
    {
        test::ShortOfSpace const limit(5000);
        EXPECT_EQ(detect_all({test::a_jpeg(), too_long}, notes_with(Autoupload::all)).error().code, Errc::out_of_space);
    }
    EXPECT_TRUE(kept().empty());
    EXPECT_EQ(detect().value().causes, Tags{"uncertain"}); // nothing of it was remembered
}

TEST_F(DetectorTest, serves_the_next_request_after_one_whose_logic_threw)
{
    findings->before = [] { throw 7; };
    EXPECT_THROW(detect(), std::runtime_error);
    findings->before = nullptr;
    EXPECT_EQ(detect().value().causes, Tags{"uncertain"});
}

TEST_F(DetectorTest, fills_the_categories_of_what_is_uploaded)
{
    ImageMetadata metadata;
    metadata.box_detections = {{"weed", 1, 2, 3, 4, "", 0.5, std::nullopt}};
    metadata.point_annotations = {{"moon", 1, 2, "of another model"}};
    ASSERT_TRUE(keep({test::a_jpeg()}, metadata));
    EXPECT_EQ(kept().at(0).metadata.box_detections.at(0).category_id, "w");
    EXPECT_EQ(kept().at(0).metadata.point_annotations.at(0).category_id, "");
}

TEST_F(DetectorTest, keeps_the_categories_as_they_came_while_it_has_no_model)
{
    io.run(detection.unload());
    ImageMetadata metadata;
    metadata.point_annotations = {{"moon", 1, 2, "of another model"}, {"weed", 1, 2, std::nullopt}};
    ASSERT_TRUE(keep({test::a_jpeg()}, metadata));
    EXPECT_EQ(kept().at(0).metadata.point_annotations.at(0).category_id, "of another model");
    EXPECT_EQ(kept().at(0).metadata.point_annotations.at(1).category_id, std::nullopt);
}

} // namespace
} // namespace learning_loop
