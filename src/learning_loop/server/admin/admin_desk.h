#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/server/admin/admin_messages.h"

#include <string>

namespace learning_loop {

class Accounts;
namespace store {
class ProjectRepository;
}

/// Does what the commands of a shell ask for. The parts must outlive it. To be used on the io thread.
class AdminDesk {
public:
    /// `url`: the Loop's; empty: no server runs.
    AdminDesk(Accounts& accounts, store::ProjectRepository& projects, std::string url)
        : accounts_(accounts), projects_(projects), url_(std::move(url))
    {}

    /// Errors: invalid_argument and not_found tell the remedy in the words of a shell; those of Accounts.
    Task<Result<AdminAnswer>> answer(AdminRequest request);

    /// The same for what comes through a CommandSocket.
    Task<std::string> answer_text(std::string request);

private:
    Task<Result<AdminAnswer>> create_token(AdminRequest request);
    Task<Result<AdminAnswer>> revoke_token(AdminRequest request);
    Task<Result<AdminAnswer>> set_password(AdminRequest request);
    Task<Result<AdminAnswer>> list_tokens() const;
    Task<Result<AdminAnswer>> list_users() const;

    Accounts& accounts_;
    store::ProjectRepository& projects_;
    std::string url_;
};

} // namespace learning_loop
