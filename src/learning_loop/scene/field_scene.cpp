#include "learning_loop/scene/field_scene.h"

#include "learning_loop/scene/camera.h"
#include "learning_loop/scene/ground.h"
#include "learning_loop/scene/outline.h"
#include "learning_loop/scene/plants.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <stdexcept>

namespace learning_loop {
namespace {

using std::numbers::pi;
constexpr double min_seen_share = 0.25;
constexpr double min_seen_area_px = 80;

enum class Kind { crop, weed, stone };

struct Thing {
    Kind kind;
    int variety; // which crop or weed
    double radius_px;
    cv::Point at{};
};

/// What is seen of a plant: the tight box around its pixels (right and bottom included), and how many they are.
struct Seen {
    int left = std::numeric_limits<int>::max(), top = std::numeric_limits<int>::max(), right = -1, bottom = -1;
    int area_px = 0;
};

void check(FieldStyle const& style)
{
    if (style.size_px.width < 64 || style.size_px.height < 64)
        throw std::invalid_argument("size_px: a scene is at least 64x64 pixels large");
    if (style.crops < 1 || style.crops > crop_kinds)
        throw std::invalid_argument("crops: a scene has 1 to 4 kinds of crop");
}

/// Pixels. From 20 to 40 is as likely as from 40 to 80.
double random_radius(double low, double high, Random& random)
{
    return low * std::pow(high / low, random.uniform());
}

std::vector<Thing> choose_things(FieldStyle const& style, double scale, Random& random)
{
    std::vector<Thing> things;
    auto const growth = scale * random.uniform(0.75, 1.25); // plants of one field are about as old as each other
    if (!style.plain) {
        for (int n = random.integer(0, 4); n > 0; --n)
            things.push_back({Kind::stone, 0, scale * random_radius(20, 64, random)});
        for (int n = random.integer(3, 9); n > 0; --n)
            things.push_back({Kind::weed, random.integer(0, weed_kinds - 1), growth * random_radius(24, 82, random)});
    }
    if (random.chance(0.96)) {
        for (int n = random.integer(2, 8); n > 0; --n)
            things.push_back({Kind::crop, 0, growth * random_radius(30, 80, random)});
    }
    for (int crop = 1; crop < style.crops; ++crop) {
        if (!random.chance(0.36)) continue;
        for (int n = random.integer(1, 4); n > 0; --n)
            things.push_back({Kind::crop, crop, growth * random_radius(34, 60, random)});
    }
    for (auto i = things.size(); i > 1; --i)
        std::swap(things[i - 1], things[static_cast<std::size_t>(random.integer(0, static_cast<int>(i) - 1))]);
    return things;
}

bool too_close(Thing const& a, Thing const& b, double nearness)
{
    return std::hypot(a.at.x - b.at.x, a.at.y - b.at.y) < nearness * (a.radius_px + b.radius_px);
}

std::optional<cv::Point> find_place(Thing thing, std::vector<Thing> const& others, Rows const& rows, cv::Size size,
                                    Random& random)
{
    auto const sown = thing.kind == Kind::crop && random.chance(0.75);
    auto const beyond = 0.5 * thing.radius_px; // how far outside the picture a plant may stand and reach into it
    for (int attempt = 0; attempt < 16; ++attempt) {
        cv::Point2d at(random.uniform(-beyond, size.width + beyond), random.uniform(-beyond, size.height + beyond));
        if (sown)
            at = rows.nearest(at) + cv::Point2d(random.uniform(-0.2, 0.2), random.uniform(-0.2, 0.2)) * thing.radius_px;
        thing.at = cv::Point(at);
        auto const nearness = random.chance(0.3) ? 0.55 : 0.85; // below 1 the leaves touch or overlap
        auto const clash = [&](Thing const& other) { return too_close(thing, other, nearness); };
        if (std::none_of(others.begin(), others.end(), clash)) return thing.at;
    }
    return std::nullopt;
}

std::vector<Thing> place(std::vector<Thing> const& things, Rows const& rows, cv::Size size, Random& random)
{
    std::vector<Thing> placed;
    for (auto thing : things) {
        auto const at = find_place(thing, placed, rows, size, random);
        if (!at) continue; // the field is full
        thing.at = *at;
        placed.push_back(thing);
    }
    return placed;
}

Foliage random_foliage(Foliage const& of_field, Random& random)
{
    return {of_field.hue + random.uniform(-14, 14),
            std::clamp(of_field.saturation + random.uniform(-0.14, 0.14), 0.2, 0.85),
            of_field.value * random.uniform(0.8, 1.2)};
}

Cutout draw(Thing const& thing, Foliage const& foliage, Canvas const& canvas, Random& random)
{
    if (thing.kind == Kind::crop) return draw_crop(thing.variety, thing.radius_px, foliage, canvas, random);
    if (thing.kind == Kind::weed) return draw_weed(thing.variety, thing.radius_px, foliage, canvas, random);
    return draw_mossy_stone(thing.radius_px, foliage.hue, canvas, random);
}

/// Of each plant, by its number; the first is of none. One pass over the picture for all plants.
std::vector<Seen> measure_seen(cv::Mat const& owner, std::size_t plants)
{
    std::vector<Seen> seen(plants + 1);
    for (int y = 0; y < owner.rows; ++y) {
        auto const* row = owner.ptr<std::uint8_t>(y);
        for (int x = 0; x < owner.cols; ++x) {
            if (row[x] == 0) continue;
            auto& plant = seen[row[x]];
            plant.left = std::min(plant.left, x);
            plant.right = std::max(plant.right, x);
            plant.top = std::min(plant.top, y);
            plant.bottom = std::max(plant.bottom, y);
            ++plant.area_px;
        }
    }
    return seen;
}

struct Drawn {
    Thing thing;
    int area_px; // of the whole plant, also of what is hidden or outside the picture
};

std::vector<Drawn> draw_things(Canvas& canvas, std::vector<Thing> const& things, Random& random)
{
    Foliage const of_field{random.uniform(76, 122), random.uniform(0.38, 0.68), random.uniform(0.42, 0.66)};
    std::vector<Drawn> crops;
    for (auto const& thing : things) {
        auto own = random.fork();
        auto const foliage = random_foliage(of_field, own);
        auto const cutout = draw(thing, foliage, canvas, own);
        auto const is_crop = thing.kind == Kind::crop;
        if (is_crop) crops.push_back({thing, cutout.area_px()});
        lay(canvas, cutout, thing.at, is_crop ? static_cast<int>(crops.size()) : 0, thing.radius_px * 0.12);
    }
    return crops;
}

std::vector<FieldScene::Plant> plants_of(Canvas const& canvas, std::vector<Drawn> const& crops, bool outlines)
{
    auto const seen = measure_seen(canvas.owner, crops.size());
    std::vector<FieldScene::Plant> plants;
    for (std::size_t i = 0; i < crops.size(); ++i) {
        auto const& s = seen[i + 1];
        if (s.area_px < min_seen_share * crops[i].area_px || s.area_px < min_seen_area_px * canvas.scale * canvas.scale)
            continue;
        cv::Rect const box(s.left, s.top, s.right - s.left + 1, s.bottom - s.top + 1);
        plants.push_back({crops[i].thing.variety, box, crops[i].thing.at, s.area_px, {}});
        if (outlines) plants.back().outline = outline_of(canvas.owner(box) == static_cast<double>(i + 1), box.tl());
    }
    return plants;
}

} // namespace

FieldScene render_field(std::uint64_t seed, FieldStyle const& style)
{
    check(style);
    Random random(seed);
    auto layout = random.fork(), soil = random.fork(), growing = random.fork(), straw = random.fork(),
         camera = random.fork();
    Canvas canvas;
    canvas.scale = std::min(style.size_px.width / 640.0, style.size_px.height / 480.0);
    auto const sun = layout.uniform(0, 2 * pi);
    canvas.sun = {std::cos(sun), std::sin(sun)};
    canvas.bgr =
        cv::Mat(style.size_px, CV_8UC3, scalar(colour(layout.uniform(15, 40), 0.35, layout.uniform(0.35, 0.6))));
    canvas.owner = cv::Mat::zeros(style.size_px, CV_8U);
    canvas.grain = make_grain(growing);
    Rows const rows{layout.uniform(0, pi), canvas.scale * layout.uniform(90, 210), layout.uniform(0, 100)};
    auto const things = place(choose_things(style, canvas.scale, layout), rows, style.size_px, layout);
    if (!style.plain) draw_ground(canvas, rows, soil);
    auto const crops = draw_things(canvas, things, growing);
    if (!style.plain) scatter_straw(canvas, straw.integer(3, 30), straw);
    auto plants = plants_of(canvas, crops, style.outlines);
    if (!style.plain) photograph(canvas.bgr, canvas.scale, camera);
    return {std::move(canvas.bgr), std::move(plants)};
}

} // namespace learning_loop
