#include "learning_loop/trainer/dataset/validation_set.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr auto* hyperparameter = "compute_validation_set";
constexpr std::uint32_t a_tenth = 429'496'730; // of all places, rounded up: 2^32 / 10 is no whole number

/// As Python writes it, since people know the message from there.
std::string python_text(boost::json::value const& value)
{
    if (value.is_null()) return "None";
    auto const* text = value.if_string();
    return text ? "'" + printable({text->data(), text->size()}) + "'" : printable(to_text(value));
}

} // namespace

Result<bool> asks_for_validation_set(Hyperparameters const& hyperparameters)
{
    auto const told = hyperparameters.find(hyperparameter);
    if (told == hyperparameters.end()) return false;
    if (auto const* asks = told->second.if_bool()) return *asks;
    return Error{Errc::unprocessable,
                 std::string("'") + hyperparameter + "' must be true or false, got " + python_text(told->second)};
}

std::uint32_t place_of_image(std::string_view image_id)
{
    auto const hash = sha256(image_id);
    std::uint32_t place = 0;
    for (std::size_t i = 0; i < sizeof place; ++i) place = place << 8 | hash[i];
    return place;
}

Result<std::vector<std::string_view>> choose_validation_images(std::vector<std::string_view> const& train_ids)
{
    if (train_ids.size() < 2) {
        return Error{Errc::unprocessable, std::to_string(train_ids.size()) +
                                              " training image(s) are too few to split off a validation set, add more "
                                              "training images"};
    }
    std::vector<std::string_view> chosen;
    for (auto const id : train_ids) {
        if (place_of_image(id) < a_tenth) chosen.push_back(id);
    }
    if (chosen.empty()) chosen.push_back(*std::ranges::min_element(train_ids, {}, place_of_image));
    return chosen;
}

} // namespace learning_loop
