#include "learning_loop/data/image_list.h"

namespace learning_loop {

template JsonType const& json_type<ListedImage>();
template JsonType const& json_type<ImageList>();

} // namespace learning_loop
