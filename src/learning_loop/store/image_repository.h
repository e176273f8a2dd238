#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/stored_image.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

class BlobFiles;
class DatabaseLanes;

/// Reads the images of all projects, which are told by their numbers. ImageIntake takes them in, ImageEditor changes
/// them.
class ImageRepository {
public:
    ImageRepository(DatabaseLanes& lanes, BlobFiles& files) : lanes_(lanes), files_(files) {}

    /// Returns those of the ids that the project does not have.
    Task<Result<std::vector<std::string>>> missing(std::int64_t project, std::vector<std::string> ids);

    struct Page {
        std::vector<std::string> ids;           ///< In the order of arrival.
        std::optional<std::int64_t> next_after; ///< Where the next page begins; absent on the last one.
    };
    /// Returns at most `count` ids that come after `after` (0: from the start). Images whose pixels are broken are left
    /// out: nobody can train on them.
    Task<Result<Page>> page(std::int64_t project, std::optional<ImageState> state, std::int64_t after, int count);

    /// Of the next `count` images behind `after`, those in which the model of that version has found nothing.
    Task<Result<Page>> page_without(std::int64_t project, std::string version, std::int64_t after, int count);

    /// Unknown ids are left out. `model`: only detections of the model of that version.
    Task<Result<std::vector<StoredImage>>> find(std::int64_t project, std::vector<std::string> ids,
                                                std::optional<std::string> model = std::nullopt);
    /// An image with its annotations alone: it has detections of each of its models, often more than anything else.
    /// nullopt: there is no such image.
    Task<Result<std::optional<StoredImage>>> find_annotated(std::int64_t project, std::string id);
    /// The last that came, the newest first.
    Task<Result<std::vector<StoredImage>>> newest(std::int64_t project, ImageState state, int count);

    struct File {
        std::int64_t number = 0; ///< Of the image; may be given again once the image is gone.
        std::int64_t project = 0;
        std::string id;
        std::string folder; ///< The project's.
        std::filesystem::path path;
        std::string media_type;
        std::string hash;
        std::int64_t size_bytes = 0; ///< That it must have.
        bool is_whole = false;       ///< It is there with that length.
        Pixels pixels = Pixels::unchecked;
    };
    Task<Result<std::optional<File>>> file(std::int64_t project, std::string id); ///< nullopt: there is no such image.

    /// Images that were not looked at yet, in the order of their arrival, after that of the number `after`.
    Task<Result<std::vector<File>>> unchecked(std::int64_t after, int count);

    /// Returns those of the ids whose images were not looked at yet.
    Task<Result<std::vector<std::string>>> unchecked_of(std::int64_t project, std::vector<std::string> ids);

    struct Checked {
        std::int64_t number = 0;
        std::int64_t project = 0; ///< That no other project ever has.
        std::string hash;         ///< Of what was decoded.
        Pixels pixels = Pixels::unchecked;
    };
    /// Returns the numbers of those images that there are not any more.
    Task<Result<std::vector<std::int64_t>>> keep_checked(std::vector<Checked> checked);

    /// How many images are in each state, also in those that have none.
    Task<Result<std::map<ImageState, std::int64_t>>> counts(std::int64_t project);
    Task<Result<std::int64_t>> count_broken(std::int64_t project);

private:
    DatabaseLanes& lanes_;
    BlobFiles& files_;
};

} // namespace learning_loop::store
