#include "learning_loop/server/generator/planned_models.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/server/models/model_format.h"

#include <algorithm>
#include <set>

namespace learning_loop {
namespace {

constexpr std::size_t max_models = 100;
constexpr std::size_t max_formats = 10;
constexpr std::uint64_t max_number = 1'000'000; // in a version
constexpr auto mocked = "mocked";               // a format that no detector runs

/// A number without zeros before it.
std::optional<int> version_number(std::string_view digits)
{
    auto const number = parse_whole_number(digits);
    bool const is_number = number && *number <= max_number && std::to_string(*number) == digits;
    return is_number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

/// The major number, if the text is a version as `1.3`.
std::optional<int> major_of(std::string_view version)
{
    auto const dot = version.find('.');
    if (dot == std::string_view::npos || !version_number(version.substr(dot + 1))) return std::nullopt;
    return version_number(version.substr(0, dot));
}

Result<void> settle_formats(std::vector<std::string>& formats, std::string const& field)
{
    if (formats.empty()) formats.emplace_back(mocked);
    if (formats.size() > max_formats) return wrong_request(field, "a model comes in at most 10 formats");
    std::set<std::string> names;
    for (std::size_t i = 0; i < formats.size(); ++i) {
        auto const& format = formats[i];
        auto const place = field + "[" + std::to_string(i) + "]";
        if (auto good = check_model_format(format, place); !good) return good;
        if (!names.insert(format).second) return wrong_request(place, format + " comes twice");
    }
    return {};
}

Result<void> settle_model(GeneratorModel& model, std::string const& field)
{
    if (!model.id && !model.version && model.formats.empty())
        return wrong_request(field, "give an id, a version or formats");
    if (model.id) model.id = lower_case(*model.id);
    if (model.id && !is_uuid(*model.id))
        return wrong_request(field + ".id", "'" + printable(*model.id) + "' is no UUID");
    if (model.version && !major_of(*model.version))
        return wrong_request(field + ".version", "'" + printable(*model.version) + "' is no version as 1.3");
    return settle_formats(model.formats, field + ".formats");
}

/// The next major version behind those that were given.
int first_free_major(GeneratorRequest const& request)
{
    int free = 1;
    for (auto const& model : request.models) {
        if (model.version) free = std::max(free, *major_of(*model.version) + 1);
    }
    return free;
}

} // namespace

Result<GeneratorModel> JsonForm<GeneratorModel>::from_json(boost::json::value const& value, JsonPath const& path)
{
    if (auto const* const version = value.if_string()) return GeneratorModel{{}, std::string(*version), {}};
    return read_fields<GeneratorModel>(value, path);
}

Result<void> settle_models(GeneratorRequest& request)
{
    if (request.models.size() > max_models) return wrong_request("models", "a project is made with at most 100");
    std::set<std::string> taken;
    for (std::size_t i = 0; i < request.models.size(); ++i) {
        auto& model = request.models[i];
        auto const field = "models[" + std::to_string(i) + "]";
        if (auto good = settle_model(model, field); !good) return good;
        if (model.id && !taken.insert(*model.id).second)
            return wrong_request(field + ".id", *model.id + " comes twice");
        if (model.version && !taken.insert(*model.version).second)
            return wrong_request(field + ".version", *model.version + " comes twice");
    }
    auto const& target = request.deployment_target;
    if (target && !find_planned(planned_models(request, {}), *target))
        return wrong_request("deployment_target",
                             "no model of the project has the version or id '" + printable(*target) + "'");
    return {};
}

std::vector<PlannedModel> planned_models(GeneratorRequest const& request, std::string const& organization)
{
    std::vector<PlannedModel> with_version, without;
    auto const id_of = [&](std::string const& what) {
        return uuid_of(sha256(organization + "/" + request.project_name + "/model/" + what));
    };
    auto major = first_free_major(request);
    auto const next_version = [&] { return std::to_string(major++) + ".0"; };
    for (std::size_t i = 0; i < request.models.size(); ++i) {
        auto const& [id, version, formats] = request.models[i];
        PlannedModel planned{id.value_or(id_of("given " + std::to_string(i))), version, {}, formats, false};
        planned.expected_version = version ? *version : next_version();
        (version ? with_version : without).push_back(std::move(planned));
    }
    for (std::int64_t i = 0; i < *request.trainings; ++i)
        without.push_back({id_of(std::to_string(i)), {}, next_version(), {mocked}, true});
    with_version.insert(with_version.end(), without.begin(), without.end());
    return with_version;
}

std::optional<std::string> find_planned(std::vector<PlannedModel> const& models, std::string const& version_or_id)
{
    auto const id = lower_case(version_or_id);
    auto const is_it = [&](PlannedModel const& model) {
        return model.expected_version == version_or_id || model.id == id;
    };
    auto const found = std::find_if(models.begin(), models.end(), is_it);
    return found == models.end() ? std::nullopt : std::optional(found->id);
}

} // namespace learning_loop
