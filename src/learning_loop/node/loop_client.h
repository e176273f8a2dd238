#pragma once

#include "learning_loop/data/context.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/data/image_metadata.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/model_list.h"
#include "learning_loop/data/training_image.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/model_upload.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// As many images a node asks for in one request: 100 ids in a URL, 3.7 kB, pass every proxy.
inline constexpr std::size_t max_images_per_page = 100;

/// What a node asks of its Loop for one project. Errors of every call: those of LoopSession::ask. Unless a call says
/// otherwise, an unexpected status is an error, too, and the message names it: unauthorized for 401, forbidden for 403,
/// not_found for 404, otherwise unavailable.
class LoopClient {
public:
    LoopClient(LoopSession& session, Context project);

    /// Errors: not_found if the project has none. invalid_argument if the answer is malformed.
    Task<Result<DeploymentTarget>> fetch_deployment_target();

    /// The models that have a version. Errors: invalid_argument if the answer is malformed.
    Task<Result<std::vector<ListedModel>>> fetch_models();

    /// The models that come in that format and have a version and a UUID. What a Loop tells oddly of one model costs
    /// no other. Errors: invalid_argument if the answer is malformed.
    Task<Result<std::vector<ModelWithFormats>>> fetch_models_in(std::string format);

    Task<Result<void>> report(DetectorStatus status);

    /// Downloads the model's zip; the file gets its name only once it is complete. Errors: not_found if the Loop lacks
    /// the model. out_of_space if the disk is full.
    Task<Result<void>> download_model(std::string model_id, std::string format, std::filesystem::path zip,
                                      std::shared_ptr<http::TransferProgress> progress = {});

    /// Uploads a model in one more format; the parts are its files. Errors: whatever another try may mend, and
    /// not_found if a file cannot be read.
    Task<Result<ModelUpload>> upload_model(std::string model_id, std::string format, std::vector<http::FormPart> parts);

    /// The answer as it came: the caller decides what its status means for the images. Errors: not_found if a file
    /// cannot be read.
    Task<Result<http::Answer>> upload_images(std::vector<http::FormPart> parts);

    /// The ids of all images of the project in that state, in the Loop's order, each once; only UUIDs. Errors:
    /// invalid_argument if the answer is malformed.
    Task<Result<std::vector<std::string>>> fetch_image_ids(ImageState state);

    /// What the Loop knows of at most `max_images_per_page` images, in the order of `ids`; those that it does
    /// not have are left out. Errors: invalid_argument if the answer is malformed; the message names the path.
    Task<Result<std::vector<TrainingImage>>> fetch_training_images(std::vector<std::string> ids);

    /// The image as it was uploaded. A 429 is an error, too: `asked_wait` tells the wait. Errors: not_found if the Loop
    /// lacks it. too_large if it has more than `max_bytes`.
    Task<Result<std::string>> download_image(std::string id, std::size_t max_bytes = loop_api::max_image_bytes);

    /// Uploads the model of a training's newest result in a format; the parts are its files. Errors as upload_model,
    /// but 403 and 425 are refusals here.
    Task<Result<ModelUpload>> upload_trained_model(int training_number, std::string format,
                                                   std::vector<http::FormPart> parts,
                                                   std::shared_ptr<http::TransferProgress> progress = {});

    /// Sends what a model found: a JSON list of Detections. Errors: unprocessable if the Loop refuses it for good,
    /// otherwise whatever another try may mend.
    Task<Result<void>> upload_detections(std::string json_body);

    /// How long the Loop wants us to wait before the next request; 0: not at all.
    std::chrono::milliseconds asked_wait() const { return session_.asked_wait(); }

private:
    std::string path_to(std::string_view pattern) const;
    std::string path_to_file(std::string const& model_id, std::string const& format) const;
    Task<Result<std::string>> fetch_model_list(std::string query);
    Task<Result<ModelUpload>> put_model(std::string path, std::vector<http::FormPart> parts,
                                        std::shared_ptr<http::TransferProgress> progress, Refusals refusals);

    LoopSession& session_;
    Context project_;
};

} // namespace learning_loop
