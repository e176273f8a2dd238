#include "learning_loop/data/category.h"

namespace learning_loop {

template JsonType const& json_type<Category>();

} // namespace learning_loop
