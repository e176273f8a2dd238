#pragma once

#include "learning_loop/data/annotations.h"
#include "learning_loop/data/stored_image.h"

#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

struct TrainingBox {
    std::string category_id;
    double x = 0; ///< Left edge; pixels of the upright image, as everything here.
    double y = 0; ///< Top edge.
    double width = 0;
    double height = 0;
};
BOOST_DESCRIBE_STRUCT(TrainingBox, (), (category_id, x, y, width, height))

struct TrainingPoint {
    std::string category_id;
    double x = 0; ///< Centre.
    double y = 0;
};
BOOST_DESCRIBE_STRUCT(TrainingPoint, (), (category_id, x, y))

struct TrainingOutline {
    std::string category_id;
    Shape shape;
};
BOOST_DESCRIBE_STRUCT(TrainingOutline, (), (category_id, shape))

struct TrainingClass {
    std::string category_id;
};
BOOST_DESCRIBE_STRUCT(TrainingClass, (), (category_id))

/// An image that people have annotated, as any Loop tells of it (`GET .../images`).
struct TrainingImage {
    std::string id; ///< Its file is `<id>.jpg` in the folder of the images.
    ImageSet set = ImageSet::train;
    int width = 0;
    int height = 0;
    std::vector<TrainingBox> box_annotations;
    std::vector<TrainingPoint> point_annotations;
    std::vector<TrainingOutline> segmentation_annotations;
    std::optional<TrainingClass> classification_annotation;
};
BOOST_DESCRIBE_STRUCT(TrainingImage, (),
                      (id, set, width, height, box_annotations, point_annotations, segmentation_annotations,
                       classification_annotation))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<TrainingBox>();
extern template JsonType const& json_type<TrainingPoint>();
extern template JsonType const& json_type<TrainingOutline>();
extern template JsonType const& json_type<TrainingClass>();
extern template JsonType const& json_type<TrainingImage>();

} // namespace learning_loop
