#include "learning_loop/data/image_list.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

TEST(ImageList, has_a_golden_form)
{
    StoredImage image;
    image.id = "i";
    image.created = "2024-01-31T12:00:00";
    image.state = ImageState::review;
    image.set = ImageSet::test;
    image.width = 640;
    image.height = 480;
    image.tags = {{"t", "front"}};
    image.box_detections.push_back({"d", "i", "c", "beet", 1, 2, 3, 4, 0.5, "1.3"});
    test::expect_golden(
        ImageList{{{image, "/demo/projects/field/images/i/main", "/demo/projects/field/images/i/thumb"}}},
        R"({"images":[{"id":"i","created":"2024-01-31T12:00:00","state":"review","set":"test","width":640,)"
        R"("height":480,"box_annotations":[],"point_annotations":[],"segmentation_annotations":[],)"
        R"("classification_annotation":null,)"
        R"("box_detections":[{"id":"d","image_id":"i","category_id":"c","category_name":"beet","x":1,"y":2,)"
        R"("width":3,"height":4,"confidence":0.5,"model_name":"1.3"}],"point_detections":[],)"
        R"("segmentation_detections":[],"classification_detections":[],"tags":[{"id":"t","name":"front"}],)"
        R"("source":null,"pixels":"unchecked","remarks":[],"novelty":null,"revision":0,"annotated":null,)"
        R"("annotated_by":null,"resource":"/demo/projects/field/images/i/main",)"
        R"("thumbnail":"/demo/projects/field/images/i/thumb"}]})");
}

} // namespace
} // namespace learning_loop
