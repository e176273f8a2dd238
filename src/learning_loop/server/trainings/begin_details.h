#pragma once

#include "learning_loop/data/category.h"
#include "learning_loop/store/training_tables.h"

#include <boost/json/object.hpp>

#include <optional>
#include <vector>

namespace learning_loop {

/// The third argument of `begin_training`, in the shapes of both generations of trainers at once: newer ones read
/// `model_variant`, `base_model_uuid` and `hyperparameters`; those of old `id` (the base model, or the name of the
/// variant), `resolution`, `flip_rl` and `flip_ud`.
boost::json::object begin_details(store::TrainingRow const& training, std::vector<Category> const& categories);

/// A resolution as a number, whatever it was written as; nullopt: it is no whole number above 0.
std::optional<int> resolution_in(boost::json::value const& value);

/// The hyperparameter `resolution` as a number, whatever it was written as; nullopt: there is none above 0.
std::optional<int> resolution_of(store::TrainingRow const& training);

} // namespace learning_loop
