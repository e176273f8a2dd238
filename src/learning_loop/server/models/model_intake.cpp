#include "learning_loop/server/models/model_intake.h"

#include "learning_loop/async/pool.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/pretty_json.h"
#include "learning_loop/server/models/model_description.h"
#include "learning_loop/server/models/model_errors.h"
#include "learning_loop/server/models/model_format.h"
#include "learning_loop/store/model_repository.h"

#include <algorithm>
#include <exception>
#include <memory>

namespace learning_loop {
namespace {

/// What a package becomes, and where.
struct Packing {
    std::filesystem::path zip;
    ModelPackage package;
    ModelFacts facts;
    std::uint64_t min_free_bytes;
};

struct Packed {
    std::int64_t bytes = 0;
    std::string model_json;
};

Result<Packed> pack(Packing& packing)
{
    auto const& zip = packing.zip;
    auto const json = completed(std::move(packing.package.description), packing.facts);
    std::vector<ZipSource> sources;
    std::uint64_t bytes = 0;
    for (auto& file : packing.package.files) {
        bytes += file.bytes.size();
        sources.push_back({std::move(file.name), std::move(file.bytes)});
    }
    sources.push_back({std::string(description_file), pretty_text(json)});
    auto const written = unless_disk_is_full([&] {
        make_folder_durably(zip.parent_path());
        if (packing.min_free_bytes != 0 && free_bytes(zip.parent_path()) < packing.min_free_bytes + bytes)
            return Result<void>(
                Error{Errc::out_of_space, "the disk that holds the models is almost full: free some space"});
        return write_zip(zip, sources);
    });
    if (!written) return written.error();
    return Packed{static_cast<std::int64_t>(std::filesystem::file_size(zip)), to_text(json)};
}

/// Now, as the comment of a model tells it to people: `2024-01-31 12:00:00.123456+00:00`.
std::string time_for_people()
{
    auto now = timestamp_now();
    std::ranges::replace(now, 'T', ' ');
    return now;
}

boost::json::object object_in(std::optional<std::string> const& text)
{
    auto json = text ? parse_json(*text, description_file) : boost::json::value(boost::json::object());
    if (!json || !json->is_object()) return {};
    return std::move(json->as_object());
}

} // namespace

Task<Result<ModelPackage>> ModelIntake::read(http::Upload upload)
{
    // shared: with the copies that the job may be made of
    auto job = [upload = std::make_shared<http::Upload>(std::move(upload))] { return read_model_upload(*upload); };
    co_return co_await packing_.run(std::move(job));
}

Task<Result<Model>> ModelIntake::add(store::Project project, std::string format, ModelPackage package,
                                     store::NewModel wanted)
{
    if (auto fit = check_model_format(format); !fit) co_return fit.error();
    if (wanted.id && !is_uuid(*wanted.id)) co_return Error{Errc::unprocessable, "id: is no UUID"};
    if (wanted.id) wanted.id = lower_case(*wanted.id);
    if (wanted.parent) wanted.parent = lower_case(*wanted.parent);
    if (wanted.comment.empty()) wanted.comment = "uploaded at " + time_for_people();
    co_await remove_half_made();
    store::ModelContent content{format, package.content_hash};
    auto place = co_await models_.reserve(project.number, std::move(wanted), std::move(content));
    if (!place) co_return place.error();
    co_return co_await fill(std::move(project), std::move(format), std::move(package), std::move(*place));
}

Task<Result<Model>> ModelIntake::add_format(store::Project project, std::string id, std::string format,
                                            ModelPackage package)
{
    if (auto fit = check_model_format(format); !fit) co_return fit.error();
    store::ModelContent content{format, package.content_hash};
    auto place = co_await models_.reserve_format(project.number, lower_case(id), std::move(content));
    if (!place) co_return place.error();
    if (!*place) co_return no_model(project, id);
    co_return co_await fill(std::move(project), std::move(format), std::move(package), std::move(**place));
}

/// Writes the file unless it is there, and then its row.
Task<Result<Model>> ModelIntake::fill(store::Project project, std::string format, ModelPackage package,
                                      store::ModelPlace place)
{
    auto const zip = models_.file_of(project.folder, place.model.id, format);
    auto const stored = co_await is_stored(zip, place);
    if (!stored) co_return stored.error();
    if (*stored) co_return std::move(place.model);
    store::NewModelFile file{place.model.id, {format, package.content_hash}, 0, {}, package.remarks};
    Packing packing{zip, std::move(package), {}, min_free_bytes_};
    packing.facts = {host_,
                     project.organization,
                     project.name,
                     place.model.id,
                     place.model.version,
                     format,
                     project.categories,
                     object_in(place.model_json)};
    std::exception_ptr failure; // what was reserved is given up, whatever happens
    Result<Packed> packed = Packed();
    Result<void> added;
    try {
        auto job = [packing = std::move(packing)]() mutable { return pack(packing); };
        packed = co_await packing_.run(std::move(job));
        if (packed) {
            file.bytes = packed->bytes;
            file.model_json = std::move(packed->model_json);
            added = co_await models_.add_file(project.number, std::move(file));
        }
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        Error const none;
        co_await give_up(zip, place, none);
        std::rethrow_exception(failure);
    }
    if (!packed) co_return co_await give_up(zip, place, packed.error());
    if (!added) co_return co_await give_up(zip, place, added.error());
    log::info("{}/{}: model {} came in as {}", project.organization, project.name, place.model.version, format);
    changed_({project.organization, project.name});
    if (!place.stored_bytes) place.model.formats.push_back(std::move(format));
    co_return std::move(place.model);
}

Task<Result<Model>> ModelIntake::give_up(std::filesystem::path zip, store::ModelPlace place, Error reason)
{
    auto job = [zip, is_ours = !place.stored_bytes]() -> Result<void> {
        std::error_code none; // what stays is found by the next start, or by a check of the folder
        if (is_ours) std::filesystem::remove(zip, none);
        std::filesystem::remove(zip.parent_path(), none);               // if it is empty, as the next one
        std::filesystem::remove(zip.parent_path().parent_path(), none); // the project may have been deleted meanwhile
        return {};
    };
    auto const removed = co_await packing_.run(std::move(job));
    half_made_.push_back(place.model.id);
    co_await remove_half_made();
    co_return removed ? reason : removed.error();
}

/// What cannot be removed now is tried again when the next model comes, and at the next start.
Task<> ModelIntake::remove_half_made()
{
    while (!half_made_.empty()) {
        auto const id = half_made_.back();
        auto const freed = co_await models_.give_up(id);
        if (!freed) co_return;
        half_made_.pop_back();
    }
}

Task<Result<bool>> ModelIntake::is_stored(std::filesystem::path zip, store::ModelPlace place)
{
    if (!place.stored_bytes) co_return false;
    auto job = [zip]() -> Result<std::optional<std::uintmax_t>> {
        std::error_code gone;
        auto const bytes = std::filesystem::file_size(zip, gone);
        return gone ? std::optional<std::uintmax_t>() : bytes;
    };
    auto const bytes = co_await packing_.run(std::move(job));
    if (!bytes) co_return bytes.error();
    bool const is_whole = *bytes && std::cmp_equal(**bytes, *place.stored_bytes);
    if (!is_whole) {
        log::warn("{} was {}: it came in again and is written anew", zip.string(),
                  *bytes ? "cut to " + std::to_string(**bytes) + " bytes" : "lost");
    }
    co_return is_whole;
}

} // namespace learning_loop
