#pragma once

#include "learning_loop/data/category.h"
#include "learning_loop/data/stored_image.h"
#include "learning_loop/store/columns.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

// The rows of each table. A new column is a field here and a step of the migrations, nowhere else: code fills the
// fields of a row by their names. `number` is given by the database, in the order of arrival.

namespace learning_loop::store {

struct ProjectRow {
    std::int64_t number = 0;
    std::string organization;
    std::string name;
    std::string created;
    std::string changed;
    std::optional<std::string> generator; ///< What it was generated from, as JSON.
    std::optional<std::string> target;    ///< The id of the model that its detectors are to run.
    std::string folder;                   ///< Of its files, below `images` and its siblings; no other project has it.
    std::optional<std::string> removed;   ///< When it was deleted: nobody finds it any more.
    int test_percent = 20;                ///< Of the images that come; the rest is for training.
    int val_percent = 0;
    std::optional<std::string> hyperparameters; ///< Of its trainings, unless they tell others, as JSON.
};
BOOST_DESCRIBE_STRUCT(ProjectRow, (),
                      (number, organization, name, created, changed, generator, target, folder, removed, test_percent,
                       val_percent, hyperparameters))
template <>
inline constexpr std::string_view table_of<ProjectRow> = "projects";

struct CategoryRow : Category {
    std::int64_t project = 0;
    std::int64_t position = 0; ///< From 0, in the order in which people see them.
};
BOOST_DESCRIBE_STRUCT(CategoryRow, (Category), (project, position))
template <>
inline constexpr std::string_view table_of<CategoryRow> = "categories";

struct ImageRow {
    std::int64_t number = 0;
    std::int64_t project = 0;
    std::string id;
    ImageState state = ImageState::inbox;
    ImageSet split = ImageSet::train;
    std::string created;
    std::string received;
    int width = 0; ///< Of the upright image.
    int height = 0;
    std::string media_type;
    std::int64_t bytes = 0;
    std::string image_hash;
    std::string metadata_hash; ///< Of what came with the image; edits leave it alone.
    std::optional<std::string> source;
    Pixels pixels = Pixels::unchecked;
    std::optional<std::string> remarks; ///< On what was set aside when it came, as JSON.
    std::optional<double> novelty;
    std::int64_t revision = 0;               ///< Of its annotations: how often they were replaced.
    std::optional<std::string> annotated;    ///< When they were replaced last.
    std::optional<std::string> annotated_by; ///< Who did.
};
BOOST_DESCRIBE_STRUCT(ImageRow, (),
                      (number, project, id, state, split, created, received, width, height, media_type, bytes,
                       image_hash, metadata_hash, source, pixels, remarks, novelty, revision, annotated, annotated_by))
template <>
inline constexpr std::string_view table_of<ImageRow> = "images";

/// What people and models mark in an image.
enum class MarkKind { box, point, segmentation, classification };
BOOST_DESCRIBE_ENUM(MarkKind, box, point, segmentation, classification)

/// The fields of annotations and detections. A point has x and y, a box all four, in pixels.
struct MarkRow {
    std::int64_t number = 0;
    std::int64_t image = 0;
    std::string id;
    MarkKind kind = MarkKind::box;
    std::optional<std::string> category_id;
    std::string category_name;
    std::optional<double> x;
    std::optional<double> y;
    std::optional<double> width;
    std::optional<double> height;
    std::optional<std::string> shape; ///< Of a segmentation: `x1,y1,x2,y2,...`
};
BOOST_DESCRIBE_STRUCT(MarkRow, (), (number, image, id, kind, category_id, category_name, x, y, width, height, shape))

struct AnnotationRow : MarkRow {};
BOOST_DESCRIBE_STRUCT(AnnotationRow, (MarkRow), ())
template <>
inline constexpr std::string_view table_of<AnnotationRow> = "annotations";

struct DetectionRow : MarkRow {
    std::string model_name;
    double confidence = 0; ///< 0 to 1.
};
BOOST_DESCRIBE_STRUCT(DetectionRow, (MarkRow), (model_name, confidence))
template <>
inline constexpr std::string_view table_of<DetectionRow> = "detections";

struct TagRow {
    std::int64_t number = 0;
    std::int64_t project = 0;
    std::string id;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(TagRow, (), (number, project, id, name))
template <>
inline constexpr std::string_view table_of<TagRow> = "tags";

struct ImageTagRow {
    std::int64_t number = 0;
    std::int64_t image = 0;
    std::int64_t tag = 0;
};
BOOST_DESCRIBE_STRUCT(ImageTagRow, (), (number, image, tag))
template <>
inline constexpr std::string_view table_of<ImageTagRow> = "image_tags";

/// An image that was deleted: its sender may not know yet, and send it again.
struct RemovedImageRow {
    std::int64_t project = 0;
    std::string id;
    std::string removed; ///< When.
};
BOOST_DESCRIBE_STRUCT(RemovedImageRow, (), (project, id, removed))
template <>
inline constexpr std::string_view table_of<RemovedImageRow> = "removed_images";

/// A file or folder whose row is gone, and which is to follow.
struct FileRemovalRow {
    std::string path; ///< Below the data folder.
};
BOOST_DESCRIBE_STRUCT(FileRemovalRow, (), (path))
template <>
inline constexpr std::string_view table_of<FileRemovalRow> = "file_removals";

/// How many images of a project are in a state; kept by triggers.
struct ImageCountRow {
    std::int64_t project = 0;
    ImageState state = ImageState::inbox;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(ImageCountRow, (), (project, state, count))
template <>
inline constexpr std::string_view table_of<ImageCountRow> = "image_counts";

struct ModelRow {
    std::int64_t number = 0;
    std::int64_t project = 0;
    std::string id;
    std::string version;
    std::string created;
    std::string comment;
    int major = 0; ///< Both of the version, to order by.
    int minor = 0;
    std::optional<std::string> parent;          ///< The id of the model that it continues.
    std::optional<std::string> idempotency_key; ///< Of the upload that made it.
    std::optional<std::string> model_json;      ///< That of its first format.
    std::optional<std::string> remarks;         ///< On what was corrected when it came, as JSON.
    std::optional<std::string>
        removed; ///< When it was deleted: the row keeps its id and version from being used again.
};
BOOST_DESCRIBE_STRUCT(ModelRow, (),
                      (number, project, id, version, created, comment, major, minor, parent, idempotency_key,
                       model_json, remarks, removed))
template <>
inline constexpr std::string_view table_of<ModelRow> = "models";

struct ModelFileRow {
    std::string model;
    std::string format;
    std::int64_t bytes = 0;
    std::optional<std::string> content_hash; ///< Of the files as they were uploaded; rows of old have none.
};
BOOST_DESCRIBE_STRUCT(ModelFileRow, (), (model, format, bytes, content_hash))
template <>
inline constexpr std::string_view table_of<ModelFileRow> = "model_files";

/// A model's file that is being written: what a crash leaves of it goes at the next start.
struct BegunModelFileRow {
    std::string model;
    std::string format;
    std::string path; ///< Below `models`.
};
BOOST_DESCRIBE_STRUCT(BegunModelFileRow, (), (model, format, path))
template <>
inline constexpr std::string_view table_of<BegunModelFileRow> = "begun_model_files";

/// A model that somebody chose for a project's detectors.
struct TargetHistoryRow {
    std::int64_t number = 0;
    std::int64_t project = 0;
    std::optional<std::string> model; ///< Its id; absent: none was to be run any more.
    std::optional<std::string> version;
    std::string chosen; ///< When.
    std::string chosen_by;
    std::optional<std::int64_t> back_to; ///< The number of the row that this one went back to.
};
BOOST_DESCRIBE_STRUCT(TargetHistoryRow, (), (number, project, model, version, chosen, chosen_by, back_to))
template <>
inline constexpr std::string_view table_of<TargetHistoryRow> = "target_history";

struct DetectorRow {
    std::int64_t project = 0;
    std::string uuid;
    std::string status; ///< Its newest report, as JSON.
    std::string last_seen;
};
BOOST_DESCRIBE_STRUCT(DetectorRow, (), (project, uuid, status, last_seen))
template <>
inline constexpr std::string_view table_of<DetectorRow> = "detectors";

struct UserRow {
    std::int64_t number = 0;
    std::string name;
    std::string password; ///< Its hash.
    std::string created;
};
BOOST_DESCRIBE_STRUCT(UserRow, (), (number, name, password, created))
template <>
inline constexpr std::string_view table_of<UserRow> = "users";

/// A login that has not ended. What the client sends is not kept, only its hash.
struct SessionRow {
    std::string hash;
    std::int64_t user_number = 0;
    std::int64_t created = 0; ///< Seconds since 1970, as `expires`.
    std::int64_t expires = 0;
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (hash, user_number, created, expires))
template <>
inline constexpr std::string_view table_of<SessionRow> = "sessions";

/// Who uses a token.
enum class TokenKind { node, script };
BOOST_DESCRIBE_ENUM(TokenKind, node, script)

/// The bearer token of a node or a script.
struct TokenRow {
    std::int64_t number = 0;
    std::string hash;
    TokenKind kind = TokenKind::node;
    std::string name;                    ///< The node's or the script's.
    std::optional<std::int64_t> project; ///< The only one that it is for.
    std::string created;
};
BOOST_DESCRIBE_STRUCT(TokenRow, (), (number, hash, kind, name, project, created))
template <>
inline constexpr std::string_view table_of<TokenRow> = "tokens";

} // namespace learning_loop::store
