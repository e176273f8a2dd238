#include "learning_loop/store/check_folder.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database.h"
#include "learning_loop/store/dataset_files.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/tables.h"

#include <algorithm>
#include <optional>

namespace learning_loop::store {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_hashed_bytes = std::size_t{1} << 30; // no image is longer
constexpr std::int64_t images_between_reports = 1000;

class FolderCheck {
public:
    FolderCheck(Database& database, fs::path folder, bool mends, std::function<void(std::int64_t)> const& progress)
        : database_(database), folder_(std::move(folder)), mends_(mends), progress_(progress)
    {
        report_.set_aside_folder = folder_ / "set_aside" / time_for_a_name(timestamp_now());
    }

    void find(std::string finding)
    {
        ++report_.found;
        if (report_.findings.size() < FolderReport::max_findings) report_.findings.push_back(std::move(finding));
    }

    FolderReport run()
    {
        for_each<FileRemovalRow>(database_, "", {}, [this](FileRemovalRow row) { going_.insert(std::move(row.path)); });
        check_images();
        check_models();
        check_datasets();
        find_orphans("images", [this](fs::path const& file) { return has_image(file); });
        find_orphans("models", [this](fs::path const& file) { return has_model_file(file); });
        find_orphans("datasets", [this](fs::path const& file) { return has_dataset(file); });
        if (progress_) progress_(report_.images);
        return report_;
    }

    FolderReport const& report() const { return report_; }

private:
    std::string name_of(fs::path const& file) const { return printable(file.lexically_relative(folder_).string()); }

    void set_aside(fs::path const& file)
    {
        if (!mends_) return;
        auto const to = report_.set_aside_folder / file.lexically_relative(folder_);
        make_folder_durably(to.parent_path());
        rename_durably(file, to);
        ++report_.set_aside;
    }

    /// Returns false, and tells it, unless there is a file of that name.
    bool check_is_there(fs::path const& file)
    {
        std::error_code gone;
        bool const is_file = fs::is_regular_file(fs::symlink_status(file, gone));
        if (!is_file) find("lost: " + name_of(file));
        return is_file;
    }

    /// Returns false, and tells what is wrong, unless the file is there with that length.
    bool check_length(fs::path const& file, std::int64_t bytes)
    {
        if (!check_is_there(file)) return false;
        auto const length = fs::file_size(file);
        if (static_cast<std::int64_t>(length) == bytes) return true;
        find("cut: " + name_of(file) + " has " + std::to_string(length) + " of " + std::to_string(bytes) + " bytes");
        set_aside(file);
        return false;
    }

    void check_image(fs::path const& file, std::int64_t bytes, std::string const& hash)
    {
        if (++report_.images % images_between_reports == 0 && progress_) progress_(report_.images);
        if (check_length(file, bytes)) check_content(file, hash);
    }

    void check_content(fs::path const& file, std::string const& hash)
    {
        auto const content = content_of(file);
        if (!content) return;
        if (hex(sha256(*content)) == hash) return;
        find("changed: " + name_of(file) + " is not what came in");
        set_aside(file);
    }

    /// nullopt: it cannot be read, which is told; it may be sound, so it stays where it is.
    std::optional<std::string> content_of(fs::path const& file)
    {
        try {
            auto content = read_file(file, max_hashed_bytes);
            if (content) return std::move(*content);
            find("unreadable: " + name_of(file) + ": " + content.error().message);
        } catch (std::system_error const& failure) {
            find("unreadable: " + name_of(file) + ": " + failure.code().message());
        }
        return std::nullopt;
    }

    void check_images()
    {
        auto const use = [this](Row const& row) {
            auto const file =
                BlobFiles::path_in(folder_ / "images", column<std::string>(row, 0), column<std::string>(row, 1));
            check_image(file, column<std::int64_t>(row, 2), column<std::string>(row, 3));
        };
        database_.for_each("SELECT projects.folder, images.id, images.bytes, images.image_hash FROM images "
                           "JOIN projects ON projects.number = images.project WHERE projects.removed IS NULL "
                           "ORDER BY images.number",
                           {}, use);
    }

    void check_models()
    {
        auto const use = [this](Row const& row) {
            ++report_.model_files;
            auto const file = ModelRepository::file_in(folder_ / "models", column<std::string>(row, 0),
                                                       column<std::string>(row, 1), column<std::string>(row, 2));
            check_length(file, column<std::int64_t>(row, 3));
        };
        database_.for_each("SELECT projects.folder, model_files.model, model_files.format, model_files.bytes FROM "
                           "model_files JOIN models ON models.id = model_files.model "
                           "JOIN projects ON projects.number = models.project ORDER BY models.number",
                           {}, use);
    }

    void check_datasets()
    {
        auto const use = [this](Row const& row) {
            ++report_.datasets;
            auto const hash = column<std::string>(row, 1);
            auto const file = DatasetFiles::path_in(folder_ / "datasets", column<std::string>(row, 0), hash);
            if (check_is_there(file)) check_content(file, hash);
        };
        database_.for_each("SELECT DISTINCT projects.folder, trainings.dataset FROM trainings "
                           "JOIN projects ON projects.number = trainings.project WHERE trainings.dataset IS NOT NULL",
                           {}, use);
    }

    void find_orphans(char const* part, std::function<bool(fs::path const&)> const& has_row)
    {
        std::error_code none;
        std::vector<fs::path> orphans;
        for (auto at = fs::recursive_directory_iterator(folder_ / part, none); at != fs::recursive_directory_iterator();
             ++at) {
            auto const name = at->path().filename();
            bool const is_half_made = name == ".incoming" || name == ".begun"; // the server empties it when it starts
            if (is_half_made) at.disable_recursion_pending();
            if (is_half_made || (at->is_directory() && !at->is_symlink())) continue;
            if (is_going(at->path().lexically_relative(folder_))) continue;
            if (has_row(at->path().lexically_relative(folder_ / part))) continue;
            find("orphaned: " + name_of(at->path()) + " has no row");
            if (mends_) orphans.push_back(at->path());
        }
        for (auto const& orphan : orphans) set_aside(orphan);
    }

    /// Whether the next start removes it, since somebody has deleted it.
    bool is_going(fs::path const& file) const
    {
        for (auto path = file; !path.empty(); path = path.parent_path()) {
            if (going_.contains(path.string())) return true;
        }
        return false;
    }

    /// `organization/project/digits/id`
    bool has_image(fs::path const& file)
    {
        std::vector<std::string> const names(file.begin(), file.end());
        if (names.size() != 4) return false;
        auto const folder = names[0] + "/" + names[1];
        return BlobFiles::path_in("", folder, names[3]) == file &&
               database_
                   .query_one("SELECT 1 FROM images WHERE id = $2 AND project IN " // by the index of images
                              "(SELECT number FROM projects WHERE folder = $1)",
                              {folder, names[3]})
                   .has_value();
    }

    /// `organization/project/id/format.zip`
    bool has_model_file(fs::path const& file)
    {
        std::vector<std::string> const names(file.begin(), file.end());
        if (names.size() != 4 || file.extension() != ".zip") return false;
        return database_
            .query_one("SELECT 1 FROM model_files JOIN models ON models.id = model_files.model "
                       "JOIN projects ON projects.number = models.project "
                       "WHERE projects.folder = $1 AND models.id = $2 AND model_files.format = $3",
                       {names[0] + "/" + names[1], names[2], file.stem().string()})
            .has_value();
    }

    /// `organization/project/hash.jsonl`
    bool has_dataset(fs::path const& file)
    {
        std::vector<std::string> const names(file.begin(), file.end());
        if (names.size() != 3 || file.extension() != ".jsonl") return false;
        return database_
            .query_one("SELECT 1 FROM trainings WHERE dataset = $2 AND project IN "
                       "(SELECT number FROM projects WHERE folder = $1)",
                       {names[0] + "/" + names[1], file.stem().string()})
            .has_value();
    }

    Database& database_;
    fs::path folder_;
    bool mends_;
    std::function<void(std::int64_t)> const& progress_;
    FolderReport report_;
    std::set<std::string> going_; ///< What the server has yet to remove.
};

} // namespace

FolderReport check_folder(Database& database, fs::path const& folder, bool mends,
                          std::function<void(std::int64_t)> const& progress)
{
    FolderCheck check(database, folder, mends, progress);
    try {
        return check.run();
    } catch (DatabaseError const& failure) {
        check.find("the database " + (folder / "loop.db").string() +
                   " cannot be read any further, put a copy in its place: " + failure.what());
        return check.report();
    }
}

} // namespace learning_loop::store
