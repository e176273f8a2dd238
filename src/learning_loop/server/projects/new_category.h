#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/category.h"

#include <string>
#include <vector>

namespace learning_loop {

/// The category that is asked for, with an id of its own and, if none was chosen, the colour of a palette that comes
/// after `others` of them. Errors: unprocessable if a value is wrong; the message begins with `where` and its name.
Result<Category> category_from(NewCategory const& wanted, std::size_t others, std::string const& where = "");

/// The same for a list of them. Errors: also conflict if two have one name and type.
Result<std::vector<Category>> categories_from(std::vector<NewCategory> const& wanted);

/// The category as it is after the change. Errors: as `category_from`.
Result<Category> changed_category(Category category, CategoryChange const& change);

} // namespace learning_loop
