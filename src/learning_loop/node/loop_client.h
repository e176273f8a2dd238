#pragma once

#include "learning_loop/data/context.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/data/model_list.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/model_upload.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

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
    Task<Result<void>> download_model(std::string model_id, std::string format, std::filesystem::path zip);

    /// Uploads a model in one more format; the parts are its files. Errors: whatever another try may mend, and
    /// not_found if a file cannot be read.
    Task<Result<ModelUpload>> upload_model(std::string model_id, std::string format, std::vector<http::FormPart> parts);

    /// The answer as it came: the caller decides what its status means for the images. Errors: not_found if a file
    /// cannot be read.
    Task<Result<http::Answer>> upload_images(std::vector<http::FormPart> parts);

    /// How long the Loop wants us to wait before the next request; 0: not at all.
    std::chrono::milliseconds asked_wait() const { return session_.asked_wait(); }

private:
    std::string path_to(std::string_view pattern) const;
    std::string path_to_file(std::string const& model_id, std::string const& format) const;
    Task<Result<std::string>> fetch_model_list(std::string query);

    LoopSession& session_;
    Context project_;
};

} // namespace learning_loop
