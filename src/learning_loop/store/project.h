#pragma once

#include "learning_loop/data/category.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

struct Project {
    std::int64_t number = 0; ///< The database's key of it.
    std::string organization;
    std::string name;
    std::vector<Category> categories;
    std::optional<std::string> generator; ///< What it was generated from, as JSON.
    std::string folder{};                 ///< Of its files, below `images` and its siblings; no other project has it.
    int test_percent = 20;                ///< Of the images that come; the rest is for training.
    int val_percent = 0;
    std::optional<std::string> hyperparameters{}; ///< Of its trainings, unless they tell others, as JSON.
};

} // namespace learning_loop::store
