#include "learning_loop/data/uploaded_images.h"

namespace learning_loop {

template JsonType const& json_type<UploadedImage>();
template JsonType const& json_type<UploadedImages>();

} // namespace learning_loop
