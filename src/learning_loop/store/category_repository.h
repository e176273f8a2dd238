#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/category.h"

#include <cstdint>
#include <string>

namespace learning_loop::store {

class Database;
class DatabaseLanes;

/// The categories of all projects, which are told by their numbers; `Project` has those of one. Errors of all of these:
/// not_found if there is no such category; out_of_space.
class CategoryRepository {
public:
    explicit CategoryRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    /// Puts it behind the others. Errors: conflict if there is one of the same name and type; not_found if the project
    /// was deleted meanwhile.
    Task<Result<void>> add(std::int64_t project, Category category);

    /// Puts it in the place of the one with its id. Annotations and detections get its name bit by bit, before this
    /// returns; if it is cut short, the same once more goes on. Errors: as `add`.
    Task<Result<void>> change(std::int64_t project, Category category);

    /// Errors: conflict if annotations are of this category; the message tells how many.
    Task<Result<void>> remove(std::int64_t project, std::string id);

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
