#include "learning_loop/store/image_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

class ImageRepositoryTest : public StoreTest {
protected:
    std::int64_t count_of(ImageState state) { return test::run(images.counts(project.number))->at(state); }

    StoredImage only(NewImage const& added)
    {
        EXPECT_TRUE(test::run(intake.add(project.number, {added})));
        return test::run(images.find(project.number, {added.id}))->at(0);
    }
};

TEST_F(ImageRepositoryTest, an_image_is_found_with_its_bytes)
{
    auto const found = only(image(1, "the bytes"));
    auto const file = test::run(images.file(project.number, found.id)).value();
    EXPECT_EQ(found.width, 640);
    EXPECT_EQ(found.height, 480);
    EXPECT_EQ(found.state, ImageState::inbox);
    EXPECT_EQ(file->media_type, "image/jpeg");
    EXPECT_EQ(test::bytes_of(file->path), "the bytes");
}

TEST_F(ImageRepositoryTest, the_same_image_again_is_kept_once)
{
    EXPECT_EQ(test::run(intake.add(project.number, {image(1), image(2), image(1)}))->fresh, 2);
    EXPECT_EQ(test::run(intake.add(project.number, {image(2), image(3)}))->fresh, 1);
    EXPECT_EQ(count_of(ImageState::inbox), 3);
}

TEST_F(ImageRepositoryTest, an_id_that_another_body_has_keeps_the_whole_request_out)
{
    ASSERT_TRUE(test::run(intake.add(project.number, {image(1)})));
    auto const refused = test::run(intake.add(project.number, {image(2), image(1, "other")})).error();
    EXPECT_EQ(refused.code, Errc::conflict);
    EXPECT_EQ(refused.message, "part 1: the id " + image(1).id + " is taken by an image or metadata that differ");
    EXPECT_EQ(count_of(ImageState::inbox), 1);
    EXPECT_EQ(test::bytes_of(files.path_of(project.folder, image(1).id)), "bytes");
}

TEST_F(ImageRepositoryTest, two_bodies_under_one_id_in_one_request_are_a_conflict)
{
    EXPECT_EQ(test::run(intake.add(project.number, {image(1), image(1, "other")})).error().code, Errc::conflict);
    EXPECT_EQ(count_of(ImageState::inbox), 0);
}

TEST_F(ImageRepositoryTest, a_box_that_lost_its_place_is_an_error_and_no_box_at_0)
{
    auto boxed = image(1);
    boxed.metadata.box_detections = {{"beet", 1, 2, 3, 4, "1.0", 0.5, {}}};
    only(std::move(boxed));
    auto damage = [](Database& database) -> Result<std::int64_t> {
        return database.execute("UPDATE detections SET x = NULL", {});
    };
    ASSERT_TRUE(test::run(lanes.write(damage)));
    EXPECT_THROW(test::run(images.find(project.number, {image(1).id})), DatabaseError);
}

TEST_F(ImageRepositoryTest, the_same_id_in_two_projects_is_two_images)
{
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    ASSERT_TRUE(test::run(intake.add(project.number, {image(1, "a")})));
    ASSERT_TRUE(test::run(intake.add(other.number, {image(1, "b")})));
    EXPECT_EQ(test::bytes_of(test::run(images.file(other.number, image(1).id)).value()->path), "b");
    EXPECT_EQ(test::bytes_of(test::run(images.file(project.number, image(1).id)).value()->path), "a");
}

TEST_F(ImageRepositoryTest, everything_that_came_with_an_image_is_kept)
{
    auto sent = image(1);
    sent.metadata.box_detections = {{"beet", 1, 2, 3, 4, "1.0", 0.5, {}}};
    sent.metadata.point_detections = {{"beet", 1.5, 2.5, "1.0", 0.25, ""}};
    sent.metadata.segmentation_detections = {{"leaf", {{{1, 2}, {3.5, 4}}}, "1.0", 1, {}}};
    sent.metadata.classification_detections = {{"wet", "1.0", 0, "given"}};
    sent.metadata.box_annotations = {{"beet", 5, 6, 7, 8, {}}};
    sent.metadata.point_annotations = {{"beet", 0.5, 1, {}}};
    sent.segmentation_annotations = {{"leaf", {{{1, 2}, {3, 4}, {5, 6.5}}}, {}}};
    sent.metadata.classification_annotation = {"wet", {}};
    sent.metadata.tags = {"b", "a", "b"};
    sent.metadata.created = "2024-01-31T12:00:00.123";
    sent.metadata.source = "camera";
    sent.metadata.state = ImageState::review;
    auto const found = only(sent);
    auto const& box = found.box_detections.at(0);
    EXPECT_EQ((std::array{int{box.x}, int{box.y}, int{box.width}, int{box.height}}), (std::array{1, 2, 3, 4}));
    EXPECT_EQ(box.model_name, "1.0");
    EXPECT_EQ(box.confidence, 0.5);
    EXPECT_EQ(box.image_id, sent.id);
    EXPECT_EQ(found.point_detections.at(0).x, 1.5);
    EXPECT_EQ(found.segmentation_detections.at(0).shape.points.at(1).x, 3.5);
    EXPECT_EQ(found.classification_detections.at(0).category_id, "given");
    EXPECT_EQ(found.box_annotations.at(0).height, 8);
    EXPECT_EQ(found.point_annotations.at(0).y, 1);
    EXPECT_EQ(found.segmentation_annotations.at(0).shape.points.at(2).y, 6.5);
    EXPECT_EQ(found.classification_annotation->category_name, "wet");
    ASSERT_EQ(found.tags.size(), 2U);
    EXPECT_EQ(found.tags[0].name + found.tags[1].name, "ba");
    EXPECT_EQ(found.created, "2024-01-31T12:00:00.123");
    EXPECT_EQ(found.source, "camera");
    EXPECT_EQ(found.state, ImageState::review);
}

TEST_F(ImageRepositoryTest, a_category_is_known_by_its_name_and_an_unknown_one_loses_no_image)
{
    auto sent = image(1);
    sent.metadata.box_detections = {{"beet", 1, 2, 3, 4, "1.0", 0.5, ""}, {"moon", 1, 2, 3, 4, "1.0", 0.5, {}}};
    sent.metadata.point_detections = {{"beet", 1, 2, "1.0", 0.5, {}}};
    auto const found = only(sent);
    EXPECT_EQ(found.box_detections.at(0).category_id, "id-1");
    EXPECT_EQ(found.point_detections.at(0).category_id, "id-2");
    EXPECT_EQ(found.box_detections.at(1).category_id, std::nullopt);
    EXPECT_EQ(found.box_detections.at(1).category_name, "moon");
}

TEST_F(ImageRepositoryTest, pages_hold_every_id_once_in_the_order_of_arrival)
{
    std::vector<NewImage> sent;
    for (int i = 9; i > 0; --i) sent.push_back(image(i));
    sent[4].metadata.state = ImageState::complete;
    ASSERT_TRUE(test::run(intake.add(project.number, sent)));
    std::vector<std::string> ids;
    std::optional<std::int64_t> after = 0;
    while (after) {
        auto const page = *test::run(images.page(project.number, ImageState::inbox, *after, 3));
        ids.insert(ids.end(), page.ids.begin(), page.ids.end());
        after = page.next_after;
    }
    ASSERT_EQ(ids.size(), 8U);
    EXPECT_EQ(ids.front(), image(9).id);
    EXPECT_EQ(ids.back(), image(1).id);
    EXPECT_EQ(test::run(images.page(project.number, std::nullopt, 0, 100))->ids.size(), 9U);
}

TEST_F(ImageRepositoryTest, pages_without_a_model_hold_the_images_in_which_it_has_found_nothing)
{
    std::vector<NewImage> sent;
    for (int i = 1; i <= 9; ++i) sent.push_back(image(i));
    sent[1].metadata.box_detections = {{"beet", 1, 2, 3, 4, "1.0", 0.5, {}}, {"beet", 1, 2, 3, 4, "1.1", 0.5, {}}};
    sent[4].metadata.point_detections = {{"beet", 1, 2, "1.0", 0.5, {}}};
    sent[5].metadata.box_detections = {{"beet", 1, 2, 3, 4, "1.1", 0.5, {}}};
    sent[6].metadata.box_annotations = {{"beet", 5, 6, 7, 8, {}}};
    ASSERT_TRUE(test::run(intake.add(project.number, sent)));
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    ASSERT_TRUE(test::run(intake.add(other.number, {image(20)})));
    auto const damage = [&](Database& database) -> Result<std::int64_t> {
        return database.execute("UPDATE images SET pixels = 'broken' WHERE id = $1", {image(9).id});
    };
    ASSERT_TRUE(test::run(lanes.write(damage)));
    auto const all_without = [&](std::string const& version) {
        std::string ids;
        std::optional<std::int64_t> after = 0;
        while (after) {
            auto const page = *test::run(images.page_without(project.number, version, *after, 2));
            EXPECT_LE(page.ids.size(), 2U);
            for (auto const& id : page.ids) ids += id.back();
            after = page.next_after;
        }
        return ids;
    };
    EXPECT_EQ(all_without("1.0"), "134678");
    EXPECT_EQ(all_without("1.1"), "134578");
    EXPECT_EQ(all_without("2.0"), "12345678");
}

TEST_F(ImageRepositoryTest, the_newest_come_first)
{
    ASSERT_TRUE(test::run(intake.add(project.number, {image(1), image(2), image(3)})));
    auto const newest = *test::run(images.newest(project.number, ImageState::inbox, 2));
    ASSERT_EQ(newest.size(), 2U);
    EXPECT_EQ(newest[0].id, image(3).id);
}

TEST_F(ImageRepositoryTest, unknown_ids_are_left_out_and_missing_ones_told)
{
    ASSERT_TRUE(test::run(intake.add(project.number, {image(1)})));
    EXPECT_EQ(test::run(images.find(project.number, {image(1).id, image(2).id}))->size(), 1U);
    EXPECT_EQ(*test::run(images.missing(project.number, {image(1).id, image(2).id})), std::vector{image(2).id});
    EXPECT_FALSE(test::run(images.file(project.number, image(2).id)).value());
}

TEST_F(ImageRepositoryTest, the_set_that_is_given_is_kept_and_the_others_are_drawn_a_fifth_for_tests)
{
    auto given = image(0);
    given.set = ImageSet::val;
    EXPECT_EQ(only(given).set, ImageSet::val);
    std::vector<NewImage> sent;
    std::vector<std::string> ids;
    for (int i = 1; i <= 100; ++i) {
        sent.push_back(image(i));
        ids.push_back(sent.back().id);
    }
    ASSERT_TRUE(test::run(intake.add(project.number, sent)));
    auto const found = *test::run(images.find(project.number, ids));
    auto const tests = std::count_if(found.begin(), found.end(), [](auto const& i) { return i.set == ImageSet::test; });
    EXPECT_GT(tests, 8);
    EXPECT_LT(tests, 35);
}

} // namespace
} // namespace learning_loop::store
