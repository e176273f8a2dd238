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

} // namespace
} // namespace learning_loop::store
