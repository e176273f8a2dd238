#include "learning_loop/server/models/model_errors.h"

#include "learning_loop/base/text.h"
#include "learning_loop/server/projects/project_lookup.h"

namespace learning_loop {

Error no_model(store::Project const& project, std::string const& id)
{
    return {Errc::not_found, "the project '" + project.name + "' has no model " + printable(id) + ": see GET /api" +
                                 resource_of(project) + "/models"};
}

Error no_deployment_target(store::Project const& project)
{
    return {Errc::not_found, "the project '" + project.name + "' has no deployment target: set one with PUT /api" +
                                 resource_of(project) + "/deployment/target {\"model_uuid\": ...}"};
}

Error no_earlier_target(store::Project const& project)
{
    return {Errc::not_found, "the project '" + project.name +
                                 "' had no other deployment target that there still is: choose one with PUT /api" +
                                 resource_of(project) + "/deployment/target {\"model_uuid\": ...}"};
}

http::Response model_conflict(std::string const& id, Error const& conflict)
{
    boost::json::object const detail{{"id", id}, {"message", conflict.message}};
    return http::json_response({{"detail", detail}}, 409);
}

} // namespace learning_loop
