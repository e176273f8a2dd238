#pragma once

#include "learning_loop/data/detector_status.h"
#include "learning_loop/net/http/client.h"
#include "learning_loop/node/detector_settings.h"

#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

/// A model as the Loop lists it.
struct ListedModel {
    std::string id;
    std::string version;
};

/// What a detector asks of its Loop. Blocks: belongs to one lane. Every call: unavailable when the Loop cannot be
/// reached or answers with a status that promises nothing; the message says which.
class LoopClient {
public:
    explicit LoopClient(DetectorSettings const& settings);

    Result<DeploymentTarget> deployment_target(); ///< not_found: the project has none.
    Result<std::vector<ListedModel>> models();
    Result<void> report(DetectorStatus const& status);
    Result<void> download_model(std::string const& model_id, std::string const& format,
                                std::filesystem::path const& zip);

    /// The answer as it came: what a status means for an image is the uploader's business.
    Result<http::Answer> upload_images(std::vector<http::FormPart> const& parts);

    http::Client& http() { return http_; }

private:
    template <class Call>
    Result<http::Answer> asked(Call call);
    Result<void> log_in();

    http::Client http_;
    std::string project_path_;
    std::string username_;
    Secret password_;
    bool logged_in_ = false;
};

} // namespace learning_loop
