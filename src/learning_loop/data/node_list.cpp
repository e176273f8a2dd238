#include "learning_loop/data/node_list.h"

namespace learning_loop {

template JsonType const& json_type<NodeList>();
template JsonType const& json_type<DrawnInput>();

} // namespace learning_loop
