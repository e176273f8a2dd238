#include "learning_loop/data/context.h"

namespace learning_loop {

template JsonType const& json_type<Context>();

} // namespace learning_loop
