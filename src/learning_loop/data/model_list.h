#pragma once

#include "learning_loop/data/model.h"

#include <optional>

// What the Loop tells of a project's models.

namespace learning_loop {

struct ModelDetails : Model {
    std::string host; ///< The URL of the Loop that has it.
};
BOOST_DESCRIBE_STRUCT(ModelDetails, (Model), (host))

/// The answer to `GET .../models`.
struct ModelList {
    std::vector<ModelDetails> models;
};
BOOST_DESCRIBE_STRUCT(ModelList, (), (models))

/// What a node needs of one model of a ModelList; Loops differ in the rest.
struct ListedModel {
    std::string id;
    std::string version;
};
BOOST_DESCRIBE_STRUCT(ListedModel, (), (id, version))

/// The same for a node that makes further formats of models.
struct ModelWithFormats : ListedModel {
    std::vector<std::string> formats;
    std::optional<std::string> created;
    std::optional<std::string> comment;
};
BOOST_DESCRIBE_STRUCT(ModelWithFormats, (ListedModel), (formats, created, comment))

/// The answer to an upload of a model's files.
struct UploadedModel {
    std::string id;
    std::string version;
    std::vector<std::string> remarks; ///< On what was not taken as it came, for a person.
};
BOOST_DESCRIBE_STRUCT(UploadedModel, (), (id, version, remarks))

/// The answer to `DELETE .../models/{model}`.
struct DeletedModel {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(DeletedModel, (), (id))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<ModelDetails>();
extern template JsonType const& json_type<ModelList>();
extern template JsonType const& json_type<ListedModel>();
extern template JsonType const& json_type<ModelWithFormats>();
extern template JsonType const& json_type<UploadedModel>();
extern template JsonType const& json_type<DeletedModel>();

} // namespace learning_loop
