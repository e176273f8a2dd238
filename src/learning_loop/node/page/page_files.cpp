#include "learning_loop/node/page/page_files.h"

#include "learning_loop/http/api/router.h"

namespace learning_loop {
namespace {

class FilesApi {
public:
    FilesApi(std::string summary, PageFiles files) : summary_(std::move(summary)), files_(std::move(files)) {}

    void add_to(http::Router& router)
    {
        router.get("/", *this, &FilesApi::page)
            .summary(summary_)
            .open_to(http::Access::everybody)
            .operation.gives("text/html");
        router.get("/live.css", *this, &FilesApi::style)
            .summary("How the page looks.")
            .open_to(http::Access::everybody)
            .operation.gives("text/css");
        router.get("/live.js", *this, &FilesApi::script)
            .summary("What the page does.")
            .open_to(http::Access::everybody)
            .operation.gives("text/javascript");
        router.get("/live.svg", *this, &FilesApi::icon)
            .summary("The page's icon.")
            .open_to(http::Access::everybody)
            .operation.gives("image/svg+xml");
    }

private:
    Task<Result<http::Response>> page() { co_return http::scripted_html_response(files_.html); }
    Task<Result<http::Response>> style() { co_return file_response("text/css; charset=utf-8", files_.css); }
    Task<Result<http::Response>> script() { co_return file_response("text/javascript; charset=utf-8", files_.js); }
    Task<Result<http::Response>> icon() { co_return file_response("image/svg+xml", files_.icon); }

    /// Asked for anew each time, so that a page fits the program that serves it.
    static http::Response file_response(std::string content_type, std::string text)
    {
        auto response = http::text_response(std::move(text));
        response.content_type = std::move(content_type);
        response.headers.add("Cache-Control", "no-cache");
        return response;
    }

    std::string summary_;
    PageFiles files_;
};

} // namespace

void add_page_files(http::Router& router, std::string summary, PageFiles files)
{
    router.keep<FilesApi>(std::move(summary), std::move(files));
}

} // namespace learning_loop
