#pragma once

#include "learning_loop/async/report.h"
#include "learning_loop/async/task.h"
#include "learning_loop/http/client/impl/transfer.h"

#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace learning_loop::http {

/// The thread on which libcurl works for one client: it reads the files that are uploaded, writes those that are
/// downloaded and speaks TLS, none of which belongs on the io thread. Many transfers run at once, on connections that
/// are used again and with cookies in common.
class Transfers {
public:
    explicit Transfers(ClientSettings const& settings); ///< To outlive it.
    ~Transfers();                                       ///< Ends what runs, with operation_aborted.
    Transfers(Transfers const&) = delete;
    Transfers& operator=(Transfers const&) = delete;

    /// Runs the request, or lets it wait until others are done. When the task is cancelled, its connection is closed
    /// and it ends at once with operation_aborted. unavailable: too many wait already.
    Task<Outcome> run(TransferRequest request);

    /// As the value of a header, for a request to this URL.
    std::string cookies_for(std::string_view url) const;

private:
    struct Work;
    struct Start;

    std::string line() const; ///< Of the report.

    ClientSettings const& settings_;
    std::shared_ptr<Work> work_; // shared: with the cancellation slots of tasks, which may outlive the client
    ReportEntry in_report_;
    std::thread thread_;
};

} // namespace learning_loop::http
