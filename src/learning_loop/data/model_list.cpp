#include "learning_loop/data/model_list.h"

namespace learning_loop {

template JsonType const& json_type<ModelDetails>();
template JsonType const& json_type<ModelList>();
template JsonType const& json_type<ListedModel>();
template JsonType const& json_type<ModelWithFormats>();
template JsonType const& json_type<UploadedModel>();
template JsonType const& json_type<DeletedModel>();

} // namespace learning_loop
