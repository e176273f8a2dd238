#pragma once

#include "learning_loop/data/detector_status.h"
#include "learning_loop/detector/detector_settings.h"
#include "learning_loop/node/loop_session.h"

#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

/// A model as the Loop lists it.
struct ListedModel {
    std::string id;
    std::string version;
};

/// What a detector asks of its Loop. Every call: unavailable when the Loop cannot be reached or answers with a status
/// that promises nothing; the message says which.
class LoopClient {
public:
    LoopClient(LoopSession& session, DetectorSettings const& settings);

    Task<Result<DeploymentTarget>> deployment_target(); ///< not_found: the project has none.
    Task<Result<std::vector<ListedModel>>> models();
    Task<Result<void>> report(DetectorStatus status);

    /// Writes the model's zip to a file that has its name only once it is whole. out_of_space: the disk is full.
    Task<Result<void>> download_model(std::string model_id, std::string format, std::filesystem::path zip);

    /// The answer as it came: what a status means for an image is the uploader's business. not_found: a file is gone.
    Task<Result<http::Answer>> upload_images(std::vector<http::FormPart> parts);

    /// How long the Loop wants to be left alone; 0: not at all.
    std::chrono::milliseconds asked_wait() const { return session_.asked_wait(); }

private:
    LoopSession& session_;
    std::string project_path_;
};

} // namespace learning_loop
