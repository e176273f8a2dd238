#pragma once

#include "learning_loop/data/training_image.h"
#include "learning_loop/json/json.h"
#include "learning_loop/trainer/command/trainer_file.h"
#include "learning_loop/trainer/logic/training.h"
#include "support/sample_images.h"
#include "support/temp_folder.h"

#include <string>
#include <vector>

namespace learning_loop::test {

inline std::string image_id(int number)
{
    return "00000000-0000-0000-0000-00000000000" + std::to_string(number);
}

/// An image of 100x50 pixels.
inline TrainingImage training_image(int number, ImageSet set, std::vector<TrainingBox> boxes = {})
{
    TrainingImage image;
    image.id = image_id(number);
    image.set = set;
    image.width = 100;
    image.height = 50;
    image.box_annotations = std::move(boxes);
    return image;
}

/// A training of beets (boxes, "b"), weeds (points of 10 pixels, "w"), rows (outlines, "r") and moods (whole images,
/// "m") in a folder of its own.
struct SampleTraining {
    TempFolder folder;
    Training training;

    SampleTraining()
    {
        training.id = "11111111-1111-1111-1111-111111111111";
        training.project = {"zauberzeug", "demo"};
        training.number = 7;
        training.categories = {category("m", "mood", "classification"), category("b", "beet", "box"),
                               category("r", "row", "segmentation"), category("w", "weed", "point")};
        training.categories[3].point_size = 10;
        training.folder = folder / "training";
        training.dataset = training.folder / "dataset.jsonl";
        training.images = folder / "images";
        std::filesystem::create_directories(training.folder);
        std::filesystem::create_directories(training.images);
    }

    static Category category(std::string id, std::string name, std::string type)
    {
        Category category;
        category.id = std::move(id);
        category.name = std::move(name);
        category.type = std::move(type);
        return category;
    }

    /// Writes the dataset, and a picture for each image that has none.
    void learn_from(std::vector<TrainingImage> const& images)
    {
        std::string rows;
        for (auto const& image : images) {
            rows += to_text(to_json(image)) + "\n";
            auto const picture = training.images / (image.id + ".jpg");
            if (!std::filesystem::exists(picture)) put(picture, a_jpeg(image.width, image.height));
        }
        put(training.dataset, rows);
    }

    std::string in_folder(std::string const& name) const { return bytes_of(training.folder / name); }
};

} // namespace learning_loop::test
