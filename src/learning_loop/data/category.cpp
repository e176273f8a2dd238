#include "learning_loop/data/category.h"

namespace learning_loop {

template JsonType const& json_type<Category>();
template JsonType const& json_type<NewCategory>();
template JsonType const& json_type<CategoryChange>();
template JsonType const& json_type<CategoryList>();

} // namespace learning_loop
