#include "learning_loop/trainer/steps/detecting_model.h"

#include "learning_loop/base/files.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"
#include "learning_loop/trainer/training/training_record.h"

namespace learning_loop {
namespace {

constexpr std::size_t max_bytes = std::size_t{16} << 20;

/// Sets what is absent.
void set_default(boost::json::object& description, std::string_view key, boost::json::value value)
{
    if (!find_present(description, key)) description[key] = std::move(value);
}

} // namespace

Result<ModelInformation> read_detecting_model(std::filesystem::path const& folder, TrainingRecord const& record)
{
    auto const text = read_file(folder / "model.json", max_bytes);
    if (!text) return text.error();
    auto parsed = parse_json(*text, "model.json");
    if (!parsed) return parsed.error();
    auto* const description = parsed->if_object();
    if (!description) return Error{Errc::invalid_argument, "model.json: expected an object"};
    set_default(*description, "id", boost::json::string(record.model_id));
    set_default(*description, "organization", boost::json::string(record.context.organization));
    set_default(*description, "project", boost::json::string(record.context.project));
    set_default(*description, "version", "");
    set_default(*description, "categories", to_json(record.details.categories));
    auto model = from_json<ModelInformation>(*parsed, JsonPath("model.json"));
    if (model) model->model_root_path = folder.string();
    return model;
}

} // namespace learning_loop
