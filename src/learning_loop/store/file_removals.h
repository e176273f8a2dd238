#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace learning_loop::store {

class Database;
class DatabaseLanes;

/// Removes files and folders whose rows are gone: those that the table `file_removals` names, below the data folder. A
/// row goes when its file has gone, durably; so nothing is left behind by a crash. To be used on the io thread.
class FileRemovals {
public:
    FileRemovals(DatabaseLanes& lanes, std::filesystem::path data_folder, boost::asio::any_io_executor executor)
        : lanes_(lanes), data_folder_(std::move(data_folder)), pause_(std::move(executor))
    {}

    /// Removes what is named there, and, whenever it is woken, what has come since. What cannot be removed is told in
    /// the log, once, and tried again by the next process. Runs until it is cancelled.
    Task<> run();

    void wake() { pause_.wake(); }

private:
    Task<Result<void>> remove_all();
    Task<Result<bool>> remove(std::string path);
    Task<Result<std::vector<std::string>>> sync(std::vector<std::string> gone);
    void give_up(std::string const& path, std::string const& why);
    Task<Result<void>> forget(std::vector<std::string> paths);

    DatabaseLanes& lanes_;
    std::filesystem::path data_folder_;
    Pause pause_;
    std::set<std::string> failed_;
    Lane removing_{"the removal of files"};
};

/// For the jobs of repositories: names a file or folder, below the data folder, that is to be removed. Whoever does so
/// wakes FileRemovals when the transaction is committed.
void remove_file_later(Database& database, std::string path);

} // namespace learning_loop::store
