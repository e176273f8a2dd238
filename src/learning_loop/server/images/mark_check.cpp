#include "learning_loop/server/images/mark_check.h"

#include "learning_loop/base/nfc.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace learning_loop {
namespace {

using Fault = std::optional<std::string>;

template <class T>
concept Box = requires(T mark)
{
    mark.width;
};
template <class T>
concept Outline = requires(T mark)
{
    mark.shape;
};
template <class T>
concept Dot = !Box<T> && requires(T mark)
{
    mark.x;
};

template <class T>
constexpr std::string_view type_of()
{
    if constexpr (Box<T>) return "box";
    else if constexpr (Outline<T>) return "segmentation";
    else if constexpr (Dot<T>) return "point";
    else return "classification";
}

void turn_round(Pixel& at, Pixel& length)
{
    if (length >= 0) return;
    at = at + length;
    length = -length;
}

template <class T>
void turn_round(T& mark)
{
    if constexpr (Box<T>) {
        turn_round(mark.x, mark.width);
        turn_round(mark.y, mark.height);
    }
}

Fault fault_of_point(double x, double y, ImageSize size)
{
    if (!std::isfinite(x)) return "its x is no number of pixels";
    if (!std::isfinite(y)) return "its y is no number of pixels";
    if (x < 0 || y < 0 || x > size.width_px || y > size.height_px) return "lies outside of the image";
    return std::nullopt;
}

Fault fault_of_box(int x, int y, int width, int height, ImageSize size)
{
    if (width == 0) return "its width is 0";
    if (height == 0) return "its height is 0";
    if (x >= size.width_px || y >= size.height_px || x + width <= 0 || y + height <= 0)
        return "lies outside of the image";
    return std::nullopt;
}

/// No image is so large; beyond it, areas could not be told.
bool is_place(double coordinate)
{
    constexpr double max = 1e9;
    return std::abs(coordinate) <= max; // false for NaN
}

Fault fault_of_outline(std::vector<Point> const& points, ImageSize size)
{
    if (points.size() < 3) return "its shape has less than three points";
    double left = points[0].x, right = left, top = points[0].y, bottom = top, area = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        auto const& p = points[i];
        auto const& next = points[(i + 1) % points.size()];
        if (!is_place(p.x) || !is_place(p.y)) return "its shape has a point that is no place in any image";
        left = std::min(left, p.x), right = std::max(right, p.x);
        top = std::min(top, p.y), bottom = std::max(bottom, p.y);
        area += p.x * next.y - next.x * p.y;
    }
    if (left >= size.width_px || top >= size.height_px || right <= 0 || bottom <= 0) return "lies outside of the image";
    if (!(std::abs(area) > 0) || left == right || top == bottom) return "its shape has no area";
    return std::nullopt;
}

template <class T>
Fault fault_of_place(T const& mark, ImageSize size)
{
    if constexpr (Box<T>) return fault_of_box(mark.x, mark.y, mark.width, mark.height, size);
    else if constexpr (Outline<T>) return fault_of_outline(mark.shape.points, size);
    else if constexpr (Dot<T>) return fault_of_point(mark.x, mark.y, size);
    else return std::nullopt;
}

std::string_view type_in(Category const& category)
{
    return category.type ? std::string_view(*category.type) : "box";
}

/// The category that is meant, of any type. Null: the project does not know it.
template <class T>
Category const* category_of(T const& mark, std::vector<Category> const& categories)
{
    auto const find = [&](auto fits) {
        auto const found = std::find_if(categories.begin(), categories.end(), fits);
        return found == categories.end() ? nullptr : &*found;
    };
    auto const& id = mark.category_id;
    if (id && !id->empty()) {
        if (auto const* known = find([&](Category const& c) { return c.id == *id; })) return known;
    }
    auto const name = nfc(mark.category_name); // as categories are named
    auto const is_named = [&](Category const& c) { return c.name == name || c.name == mark.category_name; };
    if (auto const* fitting = find([&](Category const& c) { return is_named(c) && type_in(c) == type_of<T>(); }))
        return fitting;
    return find(is_named);
}

template <class T>
Fault fault_of_category(T const& mark, std::vector<Category> const& categories)
{
    auto const* category = category_of(mark, categories);
    if (!category || type_in(*category) == type_of<T>()) return std::nullopt;
    return "its category '" + printable(category->name) + "' is of the type " + printable(type_in(*category));
}

template <class T>
void sift(std::vector<T>& marks, auto const& fault_of, auto const& told)
{
    std::size_t index = 0;
    std::erase_if(marks, [&](T& mark) {
        auto const before = index++;
        turn_round(mark);
        auto const fault = fault_of(mark);
        if (fault) told(before, *fault, mark);
        return fault.has_value();
    });
}

/// Sifts what came with one image.
struct Sieve {
    ImageSize size;
    std::vector<Category> const& categories;
    Remarks& remarks;

    Fault fault_of(auto const& mark) const
    {
        auto fault = fault_of_place(mark, size);
        return fault ? fault : fault_of_category(mark, categories);
    }

    void sift_list(std::string const& name, auto& marks) const
    {
        auto const fault = [this](auto const& mark) { return fault_of(mark); };
        auto const told = [&](std::size_t index, std::string const& why, auto const& mark) {
            remarks.add(name + "[" + std::to_string(index) + "]", why, to_text(to_json(mark)));
        };
        sift(marks, fault, told);
    }

    void sift_detections(auto& found) const
    {
        sift_list("box_detections", found.box_detections);
        sift_list("point_detections", found.point_detections);
        sift_list("segmentation_detections", found.segmentation_detections);
        sift_list("classification_detections", found.classification_detections);
    }
};

/// Checks what a person wrote.
struct Check {
    ImageSize size;
    std::vector<Category> const& categories;

    template <class T>
    Result<void> check(std::string const& field, T& mark) const
    {
        turn_round(mark);
        if (auto const fault = fault_of_place(mark, size)) return wrong(field, *fault);
        if (auto const fault = fault_of_category(mark, categories)) return wrong(field, *fault);
        auto const& id = mark.category_id;
        auto const* category = category_of(mark, categories);
        if (!category || (id && !id->empty() && category->id != *id)) {
            auto const shown = id && !id->empty() ? *id : mark.category_name;
            return wrong(field, "the project has no category '" + printable(shown) + "': make it first");
        }
        mark.category_name = category->name;
        mark.category_id = category->id;
        return {};
    }

    Result<void> check_list(std::string const& name, auto& marks) const
    {
        for (std::size_t i = 0; i < marks.size(); ++i) {
            if (auto good = check(name + "[" + std::to_string(i) + "]", marks[i]); !good) return good;
        }
        return {};
    }

    static Error wrong(std::string const& field, std::string const& why)
    {
        return {Errc::unprocessable, field + ": " + why};
    }
};

} // namespace

void set_aside_nonsense(ImageMetadata& metadata, ImageSize size, std::vector<Category> const& categories,
                        Remarks& remarks)
{
    Sieve const sieve{size, categories, remarks};
    sieve.sift_detections(metadata);
    sieve.sift_list("box_annotations", metadata.box_annotations);
    sieve.sift_list("point_annotations", metadata.point_annotations);
    auto& whole = metadata.classification_annotation;
    auto const fault = whole ? sieve.fault_of(*whole) : std::nullopt;
    if (!fault) return;
    remarks.add("classification_annotation", *fault, to_text(to_json(*whole)));
    whole.reset();
}

void set_aside_nonsense(Detections& detections, ImageSize size, Remarks& remarks)
{
    std::vector<Category> const any_type;
    Sieve const sieve{size, any_type, remarks};
    sieve.sift_detections(detections);
}

Result<void> check_annotations(Annotations& annotations, ImageSize size, std::vector<Category> const& categories)
{
    Check const check{size, categories};
    if (auto good = check.check_list("box_annotations", annotations.box_annotations); !good) return good;
    if (auto good = check.check_list("point_annotations", annotations.point_annotations); !good) return good;
    if (auto good = check.check_list("segmentation_annotations", annotations.segmentation_annotations); !good)
        return good;
    if (!annotations.classification_annotation) return {};
    return check.check("classification_annotation", *annotations.classification_annotation);
}

Result<void> check_outline(ShapeAnnotation annotation, ImageSize size, std::vector<Category> const& categories)
{
    return Check{size, categories}.check("segmentation annotation", annotation);
}

} // namespace learning_loop
