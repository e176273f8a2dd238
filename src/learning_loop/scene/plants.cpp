#include "learning_loop/scene/plants.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace learning_loop {
namespace {

using std::numbers::pi;
constexpr int subpixel_bits = 4;

using Points = std::vector<cv::Point2d>;
/// Half the width of a blade, in its lengths; `along` runs from 0 (stalk) to 1 (tip).
using Outline = double (*)(double along);

double broad(double t)
{
    return 0.31 * std::pow(std::sin(pi * std::pow(t, 0.85)), 0.8) * (1 + 0.05 * std::sin(26 * t));
}
double lobed(double t)
{
    return 0.33 * std::pow(std::sin(pi * std::pow(t, 1.5)), 0.5) * (0.56 + 0.44 * std::cos(2 * pi * 2.7 * (t - 0.8)));
}
double strap(double t)
{
    return 0.085 * std::pow(std::sin(pi * std::pow(t, 0.6)), 0.7);
}
double disc(double t)
{
    return 0.5 * std::sqrt(std::max(0.0, 1 - (2 * t - 1) * (2 * t - 1)));
}
double needle(double t)
{
    return 0.035 * (1 - t) + 0.004;
}
double sawtooth(double t)
{
    return 0.17 * std::sin(pi * std::pow(t, 1.3)) * (1.15 - 0.75 * std::fmod(t * 5.5, 1.0));
}
double oval(double t)
{
    return 0.34 * std::sin(pi * t);
}
double rhombic(double t)
{
    return t < 0.45 ? 0.27 * t / 0.45 : 0.27 * std::pow((1 - t) / 0.55, 0.9);
}

struct Leaf {
    cv::Point2d from;
    double angle;     // radians
    double length_px; // stalk and blade
    double stalk;     // its share of the length
    double bend;      // how far the tip turns away, radians
    Outline outline;
    double brightness = 1;
};

cv::Point2d towards(double angle)
{
    return {std::cos(angle), std::sin(angle)};
}

void fill(cv::Mat& image, Points const& polygon, cv::Scalar const& value)
{
    std::vector<cv::Point> fixed;
    fixed.reserve(polygon.size());
    for (auto const& p : polygon)
        fixed.emplace_back(cvRound(p.x * (1 << subpixel_bits)), cvRound(p.y * (1 << subpixel_bits)));
    cv::fillPoly(image, std::vector{fixed}, value, cv::LINE_AA, subpixel_bits);
}

/// Draws leaves, one above the other, into the cutout of one plant.
class Gardener {
public:
    Gardener(double radius_px, Foliage const& foliage, Canvas const& canvas)
        : cutout_(empty_cutout(radius_px, colour(foliage.hue, foliage.saturation, foliage.value * 0.8))),
          radius_px_(radius_px),
          foliage_(foliage),
          canvas_(canvas)
    {}

    cv::Point2d root() const { return cutout_.root; }

    void stalk(cv::Point2d from, cv::Point2d to, double width_px)
    {
        auto const along = to - from;
        auto const length = std::max(1e-6, std::hypot(along.x, along.y));
        auto const side = cv::Point2d(-along.y, along.x) * (width_px / 2 / length);
        paint({from - side, from + side, to + side * 0.7, to - side * 0.7}, tone(1.1, 0.8));
    }

    void leaf(Leaf const& leaf)
    {
        auto const blade_from = leaf.from + towards(leaf.angle) * (leaf.length_px * leaf.stalk);
        if (leaf.stalk > 0) stalk(leaf.from, blade_from, std::max(1.2, leaf.length_px * 0.035));
        auto const blade_px = leaf.length_px * (1 - leaf.stalk);
        auto const samples = std::clamp(static_cast<int>(blade_px / 2), 12, 44);
        Points rib, left, right;
        auto at = blade_from;
        for (int i = 0; i <= samples; ++i) {
            auto const t = static_cast<double>(i) / samples;
            auto const angle = leaf.angle + leaf.bend * t;
            auto const side = cv::Point2d(-std::sin(angle), std::cos(angle)) * (leaf.outline(t) * blade_px);
            rib.push_back(at);
            left.push_back(at + side);
            right.push_back(at - side);
            at += towards(angle) * (blade_px / samples);
        }
        paint_blade(leaf, rib, left, right);
    }

    Cutout finish(Random& random)
    {
        cv::Point const offset(random.integer(0, 255), random.integer(0, 255));
        roughen(cutout_, canvas_.grain, offset, 0.22F);
        darken_the_heart();
        return std::move(cutout_);
    }

private:
    cv::Scalar tone(double brightness, double saturation = 1) const
    {
        return scalar(colour(foliage_.hue, foliage_.saturation * saturation, foliage_.value * brightness));
    }

    void paint(Points const& polygon, cv::Scalar const& tone)
    {
        fill(cutout_.bgr, polygon, tone);
        fill(cutout_.alpha, polygon, cv::Scalar::all(255));
    }

    void paint_blade(Leaf const& leaf, Points const& rib, Points const& left, Points const& right)
    {
        Points whole = left;
        whole.insert(whole.end(), right.rbegin(), right.rend());
        shade_what_is_below(whole, leaf.length_px * 0.05);
        auto const half = [&](Points side, double sign) {
            auto const away = cv::Point2d(-std::sin(leaf.angle), std::cos(leaf.angle)) * sign;
            side.insert(side.end(), rib.rbegin(), rib.rend());
            fill(cutout_.bgr, side, tone(leaf.brightness * (1 - 0.16 * away.dot(canvas_.sun))));
        };
        fill(cutout_.bgr, whole, tone(leaf.brightness));
        half(left, 1);
        half(right, -1);
        fill(cutout_.alpha, whole, cv::Scalar::all(255));
        if (leaf.length_px * leaf.outline(0.5) > 3) draw_veins(leaf, rib, left, right);
    }

    void draw_veins(Leaf const& leaf, Points const& rib, Points const& left, Points const& right)
    {
        auto const light = tone(leaf.brightness * 1.28, 0.8);
        auto const line = [&](cv::Point2d from, cv::Point2d to) {
            auto const one = 1 << subpixel_bits;
            cv::line(cutout_.bgr, cv::Point(from * one), cv::Point(to * one), light, 1, cv::LINE_AA, subpixel_bits);
        };
        auto const last = rib.size() - 1;
        for (std::size_t i = 0; i + 1 < last; ++i) line(rib[i], rib[i + 1]);
        for (std::size_t i = 2; i + 5 < last; i += 4) {
            line(rib[i], rib[i] + (left[i + 3] - rib[i]) * 0.75);
            line(rib[i], rib[i] + (right[i + 3] - rib[i]) * 0.75);
        }
    }

    void shade_what_is_below(Points polygon, double distance_px)
    {
        for (auto& p : polygon) p += canvas_.sun * distance_px;
        cv::Mat shade = cv::Mat::zeros(cutout_.alpha.size(), CV_8U);
        fill(shade, polygon, cv::Scalar::all(255));
        cv::subtract(cutout_.bgr, tone(0.28), cutout_.bgr, shade);
    }

    void darken_the_heart()
    {
        for (int y = 0; y < cutout_.bgr.rows; ++y) {
            auto* row = cutout_.bgr.ptr<cv::Vec3b>(y);
            for (int x = 0; x < cutout_.bgr.cols; ++x) {
                auto const dx = x - cutout_.root.x, dy = y - cutout_.root.y;
                auto const gain = 0.74 + 0.36 * std::min(1.0, (dx * dx + dy * dy) / (0.5 * radius_px_ * radius_px_));
                for (int c = 0; c < 3; ++c) row[x][c] = cv::saturate_cast<std::uint8_t>(row[x][c] * gain);
            }
        }
    }

    Cutout cutout_;
    double radius_px_;
    Foliage foliage_;
    Canvas const& canvas_;
};

struct Rosette {
    int min_leaves, max_leaves;
    Outline outline;
    double stalk;
    double shortest; // of the leaves, as a share of the radius
    double bend;     // at most, radians
};

void grow_rosette(Gardener& gardener, Rosette const& plan, double radius_px, Random& random)
{
    auto const leaves = random.integer(plan.min_leaves, plan.max_leaves);
    auto angle = random.uniform(0, 2 * pi);
    for (int i = 0; i < leaves; ++i) {
        // The golden angle keeps neighbours in age apart; the young leaves in the middle come last and lie on top.
        angle += 2.39996 + random.uniform(-0.35, 0.35);
        auto const youth = static_cast<double>(i) / leaves;
        auto const length = radius_px * random.uniform(plan.shortest, 1) * (1 - 0.45 * youth);
        auto const bend = random.uniform(-plan.bend, plan.bend);
        gardener.leaf({gardener.root(), angle - bend / 2, length * 0.99, plan.stalk, bend, plan.outline,
                       random.uniform(0.82, 1.02) + 0.2 * youth});
    }
}

void grow_trefoils(Gardener& gardener, double radius_px, Random& random)
{
    auto const stalks = random.integer(4, 9);
    for (int i = 0; i < stalks; ++i) {
        auto const angle = 2 * pi * i / stalks + random.uniform(-0.4, 0.4);
        auto const leaflet = radius_px * random.uniform(0.28, 0.36);
        auto const end = gardener.root() + towards(angle) * (radius_px * random.uniform(0.25, 0.62));
        gardener.stalk(gardener.root(), end, std::max(1.2, radius_px * 0.03));
        for (int k = 0; k < 3; ++k) {
            gardener.leaf({end, angle + (k - 1) * 2 * pi / 3 + random.uniform(-0.15, 0.15), leaflet, 0, 0, oval,
                           random.uniform(0.85, 1.15)});
        }
    }
}

void grow_creeper(Gardener& gardener, double radius_px, Random& random)
{
    auto const runners = random.integer(2, 4);
    for (int i = 0; i < runners; ++i) {
        auto angle = 2 * pi * i / runners + random.uniform(-0.5, 0.5);
        auto const knots = random.integer(4, 7);
        auto const step = radius_px * random.uniform(0.72, 0.82) / knots;
        auto at = gardener.root();
        for (int k = 0; k < knots; ++k) {
            auto const next = at + towards(angle) * step;
            gardener.stalk(at, next, std::max(1.2, radius_px * 0.03));
            for (int const side : {-1, 1}) {
                gardener.leaf({next, angle + side * random.uniform(0.8, 1.3), radius_px * random.uniform(0.16, 0.24),
                               0.1, 0, oval, random.uniform(0.85, 1.15)});
            }
            at = next;
            angle += random.uniform(-0.35, 0.35);
        }
    }
}

} // namespace

Cutout draw_crop(int kind, double radius_px, Foliage const& foliage, Canvas const& canvas, Random& random)
{
    static constexpr Rosette plans[crop_kinds] = {
        {5, 9, broad, 0.25, 0.7, 0.5},
        {4, 6, lobed, 0.1, 0.8, 0.4},
        {5, 8, strap, 0.0, 0.6, 0.9},
        {3, 6, disc, 0.5, 0.75, 0.0},
    };
    Gardener gardener(radius_px, foliage, canvas);
    grow_rosette(gardener, plans[kind], radius_px, random);
    return gardener.finish(random);
}

Cutout draw_weed(int kind, double radius_px, Foliage const& foliage, Canvas const& canvas, Random& random)
{
    Gardener gardener(radius_px, foliage, canvas);
    if (kind == 0) grow_rosette(gardener, {7, 16, needle, 0, 0.5, 0.9}, radius_px, random);
    if (kind == 1) grow_rosette(gardener, {7, 12, sawtooth, 0.05, 0.65, 0.4}, radius_px, random);
    if (kind == 2) grow_trefoils(gardener, radius_px, random);
    if (kind == 3) grow_creeper(gardener, radius_px, random);
    if (kind == 4) grow_rosette(gardener, {4, 7, rhombic, 0.3, 0.65, 0.3}, radius_px, random);
    return gardener.finish(random);
}

} // namespace learning_loop
