#include "learning_loop/server/projects/category_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/exact_json.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/projects/new_category.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/store/category_repository.h"

#include <algorithm>

namespace learning_loop {
namespace {

struct CategoryPath {
    std::string category;
};
BOOST_DESCRIBE_STRUCT(CategoryPath, (), (category))

/// Errors: not_found, with the remedy.
Result<Category> find_category(store::Project const& project, std::string const& id)
{
    auto const wanted = lower_case(id);
    auto const is_it = [&](Category const& category) { return lower_case(category.id) == wanted; };
    auto const found = std::find_if(project.categories.begin(), project.categories.end(), is_it);
    if (found != project.categories.end()) return *found;
    return Error{Errc::not_found, "the project '" + project.name + "' has no category with the id " + printable(id) +
                                      ": see GET /api" + resource_of(project) + "/categories"};
}

class CategoryApi {
public:
    explicit CategoryApi(store::CategoryRepository& categories) : categories_(categories) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::categories, *this, &CategoryApi::list)
            .open_to(http::Access::nodes)
            .summary("The project's categories, in their order.");
        router.post(loop_api::categories, *this, &CategoryApi::add)
            .open_to(http::Access::people)
            .summary("Adds a category behind the others.");
        router.put(loop_api::category, *this, &CategoryApi::change)
            .open_to(http::Access::people)
            .summary("Renames a category, or changes how it looks; its id, type and place stay.");
        router.add("DELETE", loop_api::category, *this, &CategoryApi::remove)
            .open_to(http::Access::people)
            .summary("Removes a category that no annotation uses.");
    }

private:
    Task<Result<CategoryList>> list(store::Project project) { co_return CategoryList{project.categories}; }

    Task<Result<Category>> add(http::FromExactJson<NewCategory> wanted, store::Project project)
    {
        auto const category = category_from(wanted.value, project.categories.size());
        if (!category) co_return category.error();
        auto const added = co_await categories_.add(project.number, *category);
        if (!added) co_return added.error();
        log::info("{}/{}: the category {} was added", project.organization, project.name, log::value(category->name));
        co_return *category;
    }

    Task<Result<Category>> change(http::FromPath<CategoryPath> path, http::FromExactJson<CategoryChange> change,
                                  store::Project project)
    {
        auto found = find_category(project, path->category);
        if (!found) co_return found.error();
        auto const former = found->name;
        auto const category = changed_category(std::move(*found), change.value);
        if (!category) co_return category.error();
        auto const changed = co_await categories_.change(project.number, *category);
        if (!changed) co_return changed.error();
        log::info("{}/{}: the category {} is {} now", project.organization, project.name, log::value(former),
                  log::value(category->name));
        co_return *category;
    }

    Task<Result<Category>> remove(http::FromPath<CategoryPath> path, store::Project project)
    {
        auto const category = find_category(project, path->category);
        if (!category) co_return category.error();
        auto const removed = co_await categories_.remove(project.number, category->id);
        if (!removed) co_return removed.error();
        log::info("{}/{}: the category {} was removed", project.organization, project.name, log::value(category->name));
        co_return *category;
    }

    store::CategoryRepository& categories_;
};

} // namespace

void add_category_api(http::Router& router, store::CategoryRepository& categories)
{
    router.keep<CategoryApi>(categories);
}

} // namespace learning_loop
