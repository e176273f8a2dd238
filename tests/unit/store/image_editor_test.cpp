#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

struct ImageEditorTest : StoreTest {
    ImageEditorTest() { EXPECT_TRUE(test::run(intake.add(project.number, {image(1), image(2)}))); }

    StoredImage stored(int number) { return test::run(images.find(project.number, {image(number).id})).value().at(0); }
    Result<void> change(std::vector<std::string> ids, ImageChange const& change)
    {
        return test::run(editor.change(project.number, std::move(ids), change));
    }
};

TEST_F(ImageEditorTest, changes_state_set_and_tags_of_many_at_once)
{
    ASSERT_TRUE(change({image(1).id, image(2).id}, {ImageState::complete, ImageSet::val, {"wet", "dark"}, {}}));
    ASSERT_TRUE(change({image(2).id}, {{}, {}, {}, {"wet", "never there"}}));
    EXPECT_EQ(stored(1).state, ImageState::complete);
    EXPECT_EQ(stored(2).set, ImageSet::val);
    EXPECT_EQ(stored(1).tags.size(), 2u);
    ASSERT_EQ(stored(2).tags.size(), 1u);
    EXPECT_EQ(stored(2).tags[0].name, "dark");
    EXPECT_EQ(test::run(images.counts(project.number)).value().at(ImageState::complete), 2);
}

TEST_F(ImageEditorTest, changes_nothing_if_one_image_is_missing)
{
    auto const done = change({image(1).id, image(3).id}, {ImageState::complete, {}, {}, {}});
    EXPECT_EQ(done.error().code, Errc::not_found);
    EXPECT_NE(done.error().message.find(image(3).id), std::string::npos);
    EXPECT_EQ(stored(1).state, ImageState::inbox);
}

TEST_F(ImageEditorTest, what_is_deleted_leaves_no_row_and_names_its_files)
{
    auto sent = image(3);
    sent.metadata.box_annotations = {{"beet", 5, 6, 7, 8, {}}};
    sent.metadata.box_detections = {{"beet", 1, 2, 3, 4, "1.0", 0.5, {}}};
    sent.metadata.tags = {"wet"};
    ASSERT_TRUE(test::run(intake.add(project.number, {sent})));
    ASSERT_TRUE(test::run(editor.remove(project.number, {sent.id})));
    for (auto const* table : {"annotations", "detections", "image_tags"}) EXPECT_EQ(rows_in(table), 0) << table;
    EXPECT_EQ(rows_in("images"), 2);
    EXPECT_EQ(rows_in("file_removals"), 2); // the image and its thumbnail
    EXPECT_EQ(test::run(images.counts(project.number)).value().at(ImageState::inbox), 2);
}

TEST_F(ImageEditorTest, annotations_are_replaced_as_a_whole_and_tell_who_and_when)
{
    Annotations annotations;
    annotations.box_annotations = {{"beet", 1, 2, 3, 4, {}}};
    annotations.segmentation_annotations = {{"leaf", {{{1, 2}, {3, 4}, {5, 6}}}, {}}};
    auto const first = test::run(editor.replace_annotations(project.number, image(1).id, annotations, {}, "ann"));
    EXPECT_EQ(first->revision, 1);
    EXPECT_EQ(stored(1).annotated_by, "ann");
    EXPECT_TRUE(stored(1).annotated);
    auto const id = stored(1).box_annotations.at(0).id;
    annotations.segmentation_annotations.clear();
    EXPECT_EQ(test::run(editor.replace_annotations(project.number, image(1).id, annotations, 1, "bob"))->revision, 2);
    EXPECT_EQ(stored(1).segmentation_annotations.size(), 0u);
    EXPECT_NE(stored(1).box_annotations.at(0).id, id);
    EXPECT_EQ(stored(2).revision, 0);
}

TEST_F(ImageEditorTest, annotations_that_somebody_else_has_replaced_meanwhile_stay)
{
    Annotations const none;
    Annotations one;
    one.box_annotations = {{"beet", 1, 2, 3, 4, {}}};
    ASSERT_TRUE(test::run(editor.replace_annotations(project.number, image(1).id, one, 0, "ann")));
    auto const late = test::run(editor.replace_annotations(project.number, image(1).id, none, 0, "bob"));
    EXPECT_TRUE(late->is_outdated);
    EXPECT_EQ(late->revision, 1);
    EXPECT_EQ(stored(1).box_annotations.size(), 1u);
    EXPECT_EQ(stored(1).annotated_by, "ann");
}

TEST_F(ImageEditorTest, the_novelty_of_known_images_is_kept)
{
    std::map<std::string, double> const novelty{{image(1).id, 0.25}, {image(9).id, 1}};
    EXPECT_EQ(test::run(editor.set_novelty(project.number, novelty)).value(), 1);
    EXPECT_EQ(stored(1).novelty, 0.25);
    EXPECT_EQ(stored(2).novelty, std::nullopt);
}

struct DrawnSegmentationTest : ImageEditorTest {
    DrawnSegmentationTest()
    {
        auto with_leaf = project_named("drawn");
        with_leaf.categories.push_back({"id-3", "leaf", {}, {}, {}, {}, "segmentation"});
        with_leaf.categories.push_back({"id-4", "stem", {}, {}, {}, {}, "segmentation"});
        project = test::run(projects.make(with_leaf)).value();
        EXPECT_TRUE(test::run(intake.add(project.number, {image(1), image(2)})));
    }

    static SegmentationAnnotation shape(std::string id = "s1")
    {
        return {std::move(id), {{{1, 2}, {3, 4}, {5, 6.5}}}, image(1).id, "id-3"};
    }
    Result<void> put(SegmentationAnnotation annotation, std::string who = "node")
    {
        return test::run(editor.put_segmentation(project.number, std::move(annotation), std::move(who)));
    }
    void expect_refused(SegmentationAnnotation const& annotation, Errc code, std::string_view told)
    {
        auto const refused = put(annotation).error();
        EXPECT_EQ(refused.code, code) << refused.message;
        EXPECT_NE(refused.message.find(told), std::string::npos) << refused.message;
        EXPECT_EQ(stored(1).revision, 0);
        EXPECT_EQ(rows_in("annotations"), 0);
    }
};

TEST_F(DrawnSegmentationTest, a_shape_that_a_node_has_drawn_is_added_to_its_image)
{
    ASSERT_TRUE(put(shape()));
    auto const found = stored(1);
    ASSERT_EQ(found.segmentation_annotations.size(), 1u);
    auto const& leaf = found.segmentation_annotations[0];
    EXPECT_EQ(leaf.id, "s1");
    EXPECT_EQ(leaf.category_id, "id-3");
    EXPECT_EQ(leaf.category_name, "leaf");
    ASSERT_EQ(leaf.shape.points.size(), 3u);
    EXPECT_EQ(leaf.shape.points[2].y, 6.5);
    EXPECT_EQ(found.revision, 1);
    EXPECT_EQ(found.annotated_by, "node");
    EXPECT_TRUE(found.annotated);
    EXPECT_EQ(stored(2).revision, 0);
}

TEST_F(DrawnSegmentationTest, the_same_shape_again_is_no_new_revision)
{
    ASSERT_TRUE(put(shape()));
    ASSERT_TRUE(put(shape(), "another")); // its answer was lost
    EXPECT_EQ(stored(1).revision, 1);
    EXPECT_EQ(stored(1).annotated_by, "node");
}

TEST_F(DrawnSegmentationTest, a_shape_takes_the_place_of_the_one_with_its_id_in_that_image)
{
    Annotations earlier;
    earlier.box_annotations = {{"beet", 1, 2, 3, 4, {}}};
    ASSERT_TRUE(test::run(editor.replace_annotations(project.number, image(1).id, earlier, {}, "ann")));
    auto elsewhere = shape();
    elsewhere.image_id = image(2).id;
    ASSERT_TRUE(put(elsewhere));
    ASSERT_TRUE(put(shape()));
    ASSERT_TRUE(put(shape("s2")));
    auto changed = shape();
    changed.shape.points.push_back({7, 8});
    ASSERT_TRUE(put(changed));
    changed.category_id = "id-4";
    ASSERT_TRUE(put(changed, "ann"));
    auto const found = stored(1);
    ASSERT_EQ(found.segmentation_annotations.size(), 2u);
    EXPECT_EQ(found.segmentation_annotations[0].id, "s2");
    EXPECT_EQ(found.segmentation_annotations[1].category_name, "stem");
    EXPECT_EQ(found.segmentation_annotations[1].shape.points.size(), 4u);
    EXPECT_EQ(found.box_annotations.size(), 1u);
    EXPECT_EQ(found.revision, 5);
    EXPECT_EQ(found.annotated_by, "ann");
    EXPECT_EQ(stored(2).segmentation_annotations.at(0).shape.points.size(), 3u);
    EXPECT_EQ(stored(2).revision, 1);
}

TEST_F(DrawnSegmentationTest, an_id_of_an_image_in_capital_letters_is_that_image)
{
    auto drawn = shape();
    auto named = image(1);
    named.id = "0000000a-0000-0000-0000-000000000001";
    ASSERT_TRUE(test::run(intake.add(project.number, {named})));
    drawn.image_id = "0000000A-0000-0000-0000-000000000001";
    EXPECT_TRUE(put(drawn));
}

TEST_F(DrawnSegmentationTest, a_shape_takes_the_place_of_no_annotation_of_another_kind)
{
    Annotations boxes;
    boxes.box_annotations.push_back({"beet", 1, 2, 3, 4, "id-1"});
    ASSERT_TRUE(test::run(editor.replace_annotations(project.number, image(1).id, boxes, {}, "ann")));
    auto const box = stored(1).box_annotations.at(0).id;
    EXPECT_EQ(put(shape(box)).error().code, Errc::conflict);
    EXPECT_EQ(stored(1).box_annotations.size(), 1u);
}

TEST_F(DrawnSegmentationTest, a_shape_that_cannot_be_is_refused_and_its_field_named)
{
    auto unknown = shape();
    unknown.category_id = "id-9";
    expect_refused(unknown, Errc::unprocessable, "category_id: ");
    unknown.category_id = "id-1"; // of boxes
    expect_refused(unknown, Errc::unprocessable, "category_id: ");
    expect_refused(shape(""), Errc::unprocessable, "id: ");
    expect_refused(shape(std::string(101, 'i')), Errc::unprocessable, "id: ");
    EXPECT_TRUE(put(shape(std::string(100, 'i'))));
}

TEST_F(DrawnSegmentationTest, a_shape_of_an_image_that_is_not_there_is_refused)
{
    auto nowhere = shape();
    nowhere.image_id = image(9).id;
    expect_refused(nowhere, Errc::not_found, image(9).id);
    auto const other = test::run(projects.find_or_make(project_named("field"))).value();
    EXPECT_EQ(test::run(editor.put_segmentation(other.number, shape(), "node")).error().code, Errc::unprocessable);
    EXPECT_EQ(test::run(editor.put_segmentation(999, shape(), "node")).error().code, Errc::not_found);
}

} // namespace
} // namespace learning_loop::store
