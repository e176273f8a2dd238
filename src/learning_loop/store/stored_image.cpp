#include "learning_loop/store/stored_image.h"

namespace learning_loop::store {

boost::json::object json_of(StoredImage const& image)
{
    return to_json(image).as_object();
}

} // namespace learning_loop::store
