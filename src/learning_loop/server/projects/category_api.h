#pragma once

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class CategoryRepository;
}

/// The categories of a project. The repository must outlive the router.
void add_category_api(http::Router& router, store::CategoryRepository& categories);

} // namespace learning_loop
