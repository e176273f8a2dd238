#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// What the Loop and its nodes agree on beside their data: routes, field names and limits. docs/protocol.md tells the
// same: tests compare it with the names and limits here, and with the routes that the Loop has.

namespace learning_loop::loop_api {

// The patterns of the routes. In the place of a name in braces stands a value, percent-encoded.
inline constexpr std::string_view status = "/api/status";
inline constexpr std::string_view login = "/api/login";
inline constexpr std::string_view logout = "/api/logout";
inline constexpr std::string_view token = "/api/token";
inline constexpr std::string_view projects = "/api/projects";
inline constexpr std::string_view organization_projects = "/api/{organization}/projects";
inline constexpr std::string_view generator = "/api/{organization}/projects/generator";
inline constexpr std::string_view project = "/api/{organization}/projects/{project}";
inline constexpr std::string_view categories = "/api/{organization}/projects/{project}/categories";
inline constexpr std::string_view category = "/api/{organization}/projects/{project}/categories/{category}";
inline constexpr std::string_view split = "/api/{organization}/projects/{project}/split";
inline constexpr std::string_view data = "/api/{organization}/projects/{project}/data";
inline constexpr std::string_view images = "/api/{organization}/projects/{project}/images";
inline constexpr std::string_view image_file = "/api/{organization}/projects/{project}/images/{image}/main";
inline constexpr std::string_view thumbnail = "/api/{organization}/projects/{project}/images/{image}/thumb";
inline constexpr std::string_view annotations = "/api/{organization}/projects/{project}/images/{image}/annotations";
inline constexpr std::string_view novelty_scores = "/api/{organization}/projects/{project}/images/novelty_scores";
inline constexpr std::string_view detections = "/api/{organization}/projects/{project}/detections";
inline constexpr std::string_view models = "/api/{organization}/projects/{project}/models";
inline constexpr std::string_view model_upload = "/api/{organization}/projects/{project}/models/{format}";
inline constexpr std::string_view short_model_upload = "/api/{organization}/projects/{project}/{format}";
inline constexpr std::string_view model = "/api/{organization}/projects/{project}/models/{model}";
inline constexpr std::string_view model_file = "/api/{organization}/projects/{project}/models/{model}/{format}/file";
inline constexpr std::string_view deployment_target = "/api/{organization}/projects/{project}/deployment/target";
inline constexpr std::string_view deployment_history = "/api/{organization}/projects/{project}/deployment/history";
inline constexpr std::string_view deployment_rollback = "/api/{organization}/projects/{project}/deployment/rollback";
inline constexpr std::string_view deployment_image_ids = "/api/{organization}/projects/{project}/deployment/imageIds";
inline constexpr std::string_view trainings = "/api/{organization}/projects/{project}/trainings";
inline constexpr std::string_view training = "/api/{organization}/projects/{project}/trainings/{training}";
inline constexpr std::string_view training_stop = "/api/{organization}/projects/{project}/trainings/{training}/stop";
inline constexpr std::string_view training_abort = "/api/{organization}/projects/{project}/trainings/{training}/abort";
inline constexpr std::string_view dataset = "/api/{organization}/projects/{project}/trainings/{training}/dataset";
inline constexpr std::string_view latest_model_file =
    "/api/{organization}/projects/{project}/trainings/{training}/models/latest/{format}/file";
inline constexpr std::string_view hyperparameters = "/api/{organization}/projects/{project}/hyperparameters";
inline constexpr std::string_view user_input = "/api/{organization}/projects/{project}/user_input";
inline constexpr std::string_view user_input_end = "/api/{organization}/projects/{project}/user_input/{frontend}";
inline constexpr std::string_view nodes = "/api/nodes";
inline constexpr std::string_view node = "/api/nodes/{kind}/{node}";
inline constexpr std::string_view node_restart = "/api/nodes/{kind}/{node}/restart";
inline constexpr std::string_view socketio = "/ws/socket.io";
inline constexpr std::string_view detectors = "/api/{organization}/projects/{project}/detectors";

// The field of a multipart body in which files are uploaded.
inline constexpr std::string_view files_field = "files";
inline constexpr std::string_view former_files_field = "file"; ///< That of images until 2021; the Loop takes it still.

inline constexpr std::size_t max_images_per_upload = 20;       ///< A node sends no more images in one request.
inline constexpr std::size_t max_ids_per_request = 400;        ///< Images that are asked for in one request.
inline constexpr std::size_t max_changed_per_request = 10'000; ///< Images that are changed in one request.
inline constexpr std::size_t max_image_bytes = std::size_t{64} << 20;
inline constexpr std::size_t max_targets_told = 1000; ///< Of the history of a project's deployment target.

// Bytes of a request's body that the Loop takes.
inline constexpr std::size_t max_image_upload_bytes =
    max_images_per_upload * max_image_bytes + (std::size_t{64} << 20);        ///< And their metadata.
inline constexpr std::size_t max_image_metadata_bytes = std::size_t{8} << 20; ///< Of one image.
inline constexpr std::size_t max_detections_bytes = std::size_t{64} << 20;
inline constexpr std::size_t max_change_bytes = std::size_t{4} << 20; ///< Of what people write about images.
inline constexpr std::size_t max_model_upload_bytes = std::size_t{512} << 20;
inline constexpr std::size_t max_report_bytes = std::size_t{64} << 10; ///< Of a node's report on itself.
inline constexpr std::size_t max_form_bytes = std::size_t{64} << 10;   ///< Of a login or logout.

inline constexpr std::uint64_t max_model_bytes = std::uint64_t{4} << 30; ///< Of a zip that a node downloads.

} // namespace learning_loop::loop_api
