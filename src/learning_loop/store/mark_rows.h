#pragma once

#include "learning_loop/data/annotations.h"
#include "learning_loop/data/detections.h"
#include "learning_loop/data/stored_image.h"
#include "learning_loop/store/project.h"
#include "learning_loop/store/tables.h"

#include <cstdint>
#include <string>

// The annotations and detections of one image and their rows, for the jobs of the repositories. These functions block.

namespace learning_loop::store {

class Database;

/// Inserts rows for one image. What has no category id that the project knows gets it by the category's name and type;
/// a name it does not know is kept as it is.
class MarkWriter {
public:
    /// `origin` makes the ids of this writer's rows differ from those of other writers for the same image. The same
    /// image gets the same ids wherever it is uploaded to a project of this name.
    MarkWriter(Database& database, Project const& project, std::int64_t image_number, std::string image_id,
               std::string origin = "")
        : database_(database),
          project_(project),
          number_(image_number),
          id_(std::move(image_id)),
          origin_(std::move(origin))
    {}

    void write(BoxAnnotation const& annotation);
    void write(PointAnnotation const& annotation);
    void write(ShapeAnnotation const& annotation);
    void write(ClassificationAnnotation const& annotation);
    void write(BoxDetection const& detection);
    void write(PointDetection const& detection);
    void write(SegmentationDetection const& detection);
    void write(ClassificationDetection const& detection);

    void write_all(auto const& marks)
    {
        for (auto const& mark : marks) write(mark);
    }

private:
    template <class R>
    R mark(MarkKind kind, auto const& marked);
    template <class R>
    R box(auto const& marked);
    template <class R>
    R point(auto const& marked);
    template <class R>
    R shape(auto const& marked);
    void insert_detection(DetectionRow row, auto const& detection);
    std::string next_id(std::string_view what);
    std::optional<std::string> category_id(MarkKind kind, auto const& marked) const;

    Database& database_;
    Project const& project_;
    std::int64_t number_;
    std::string id_;
    std::string origin_;
    int count_ = 0;
};

/// Read the annotations or detections of the image with that number into `image`, whose id must be set. `model`: only
/// detections of the model of that version.
void load_annotations(Database& database, std::int64_t number, StoredImage& image);
void load_detections(Database& database, std::int64_t number, std::optional<std::string> const& model,
                     StoredImage& image);

} // namespace learning_loop::store
