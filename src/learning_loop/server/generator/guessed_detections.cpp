#include "learning_loop/server/generator/guessed_detections.h"

#include "learning_loop/scene/field_scene.h"
#include "learning_loop/scene/random.h"
#include "learning_loop/server/generator/category_looks.h"
#include "learning_loop/server/generator/exact_annotations.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace learning_loop {
namespace {

constexpr auto model_name = "1.0";

double guess_confidence(Random& random)
{
    return random.integer(30, 99) / 100.0;
}

/// Guesses one detection after another, each of a plant as long as there are any.
class Guesser {
public:
    explicit Guesser(FieldScene const& scene) : scene_(scene), size_(scene.bgr.size())
    {
        elsewhere_.box = {size_.width / 4, size_.height / 4, 40, 40};
        elsewhere_.stem = {elsewhere_.box.x + 20.0, elsewhere_.box.y + 20.0};
    }

    BoxDetection box(std::size_t number, std::int64_t kinds, Random& random) const
    {
        auto const& plant = plant_of(number).box;
        auto const near = [&](int value, int length) {
            return value + static_cast<int>(random.uniform(-0.1, 0.1) * length);
        };
        int const x = std::clamp(near(plant.x, plant.width), 0, size_.width - 2);
        int const y = std::clamp(near(plant.y, plant.height), 0, size_.height - 2);
        int const width = std::clamp(near(plant.width, plant.width), 1, size_.width - x);
        int const height = std::clamp(near(plant.height, plant.height), 1, size_.height - y);
        return {category_of(number, "box", kinds), x, y, width, height, model_name, guess_confidence(random), {}};
    }

    PointDetection point(std::size_t number, std::int64_t kinds, Random& random) const
    {
        auto const& plant = plant_of(number);
        auto const x = plant.stem.x + random.uniform(-0.1, 0.1) * plant.box.width;
        auto const y = plant.stem.y + random.uniform(-0.1, 0.1) * plant.box.height;
        auto const at = inside({x, y});
        return {category_of(number, "point", kinds), at.x, at.y, model_name, guess_confidence(random), {}};
    }

    /// An ellipse about where the plant is, a little too large or too small.
    SegmentationDetection shape(std::size_t number, std::int64_t kinds, Random& random) const
    {
        constexpr int corners = 16;
        auto const& box = plant_of(number).box;
        cv::Point2d const middle = cv::Point2d(box.tl() + box.br()) / 2;
        cv::Point2d const radius = cv::Point2d(box.width, box.height) * random.uniform(0.45, 0.55);
        SegmentationDetection found{category_of(number, "segmentation", kinds), {}, model_name, 0.0, {}};
        for (int i = 0; i < corners; ++i) {
            auto const angle = 2 * std::numbers::pi * i / corners;
            auto const at = inside({middle.x + radius.x * std::cos(angle), middle.y + radius.y * std::sin(angle)});
            found.shape.points.push_back(at);
        }
        found.confidence = guess_confidence(random);
        return found;
    }

    /// The right one first, then the others.
    ClassificationDetection kind(std::size_t number, std::int64_t kinds, Random& random) const
    {
        auto const all = std::max<std::int64_t>(1, kinds);
        auto const right = main_crop(scene_, all).value_or(0);
        auto const crop = (right + static_cast<std::int64_t>(number)) % all;
        return {category_name(static_cast<int>(crop), "classification"),
                model_name,
                guess_confidence(random) / static_cast<double>(number + 1),
                {}};
    }

private:
    /// The whole pixel of the image that is nearest.
    Point inside(cv::Point2d at) const
    {
        return {double(std::clamp(cvRound(at.x), 0, size_.width - 1)),
                double(std::clamp(cvRound(at.y), 0, size_.height - 1))};
    }

    FieldScene::Plant const& plant_of(std::size_t number) const
    {
        return number < scene_.plants.size() ? scene_.plants[number] : elsewhere_;
    }

    std::string category_of(std::size_t number, std::string_view type, std::int64_t kinds) const
    {
        auto const crop = plant_of(number).crop % std::max<std::int64_t>(1, kinds); // it takes one kind for another
        return category_name(static_cast<int>(crop), type);
    }

    FieldScene const& scene_;
    cv::Size size_;
    FieldScene::Plant elsewhere_{};
};

} // namespace

Detections guessed_detections(FieldScene const& scene, GeneratorRequest const& request, std::uint64_t seed)
{
    Guesser const guesser(scene);
    Detections all;
    auto const guess = [&](auto& into, std::int64_t count, std::int64_t kinds, auto one, std::uint64_t type) {
        Random random(seed + type); // of its own: the others stay as they are, however many there are of this type
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
            into.push_back((guesser.*one)(i, kinds, random));
    };
    auto const& r = request;
    guess(all.box_detections, *r.box_detections, *r.box_categories, &Guesser::box, 0);
    guess(all.point_detections, *r.point_detections, *r.point_categories, &Guesser::point, 1);
    guess(all.segmentation_detections, *r.segmentation_detections, *r.segmentation_categories, &Guesser::shape, 2);
    guess(all.classification_detections, *r.classification_detections, *r.classification_categories, &Guesser::kind, 3);
    return all;
}

} // namespace learning_loop
