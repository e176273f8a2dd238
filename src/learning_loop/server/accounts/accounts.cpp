#include "learning_loop/server/accounts/accounts.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/server/accounts/password.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr std::string_view token_prefix = "llt_"; // so that a search for leaked secrets can find it
constexpr std::size_t max_sessions_of_user = 10'000;

std::int64_t seconds_now()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// A secret of 128 bits cannot be guessed from its hash, so that needs no salt and costs nothing.
std::string hash_of(std::string_view secret)
{
    return hex(sha256(secret));
}

Error wrong_login()
{
    return {Errc::unauthorized, "the username or the password is wrong"};
}

http::Caller caller_of(store::ScopedToken const& token)
{
    bool const is_node = token.token.kind == store::TokenKind::node;
    http::Caller caller;
    caller.kind = is_node ? http::Caller::Kind::node : http::Caller::Kind::script;
    caller.name = token.token.name;
    caller.may = is_node ? http::Access::nodes : http::Access::people;
    if (token.project) caller.only = http::ProjectScope{token.project->organization, token.project->name};
    return caller;
}

} // namespace

Accounts::Accounts(boost::asio::any_io_executor executor, store::AccountRepository& repository)
    : repository_(repository), queue_(std::move(executor))
{
    auto all = repository_.load_at_start(seconds_now());
    users_ = std::move(all.users);
    for (auto& session : all.sessions)
        sessions_.emplace(std::move(session.hash), OpenSession{session.user_number, session.created, session.expires});
    for (auto& token : all.tokens) {
        token_numbers_.emplace(token.token.hash, token.token.number);
        tokens_.emplace(token.token.number, std::move(token));
    }
}

std::optional<Secret> Accounts::make_first(FirstAccount const& first)
{
    if (!users_.empty()) return std::nullopt;
    auto const password = first.password.empty() ? random_password() : first.password;
    store::UserRow user;
    user.name = first.username;
    user.password = hash_password(password);
    user.created = timestamp_now();
    user.number = repository_.add_user_at_start(user);
    users_.push_back(std::move(user));
    log::info("the account {} was made", log::value(first.username));
    return first.password.empty() ? std::optional(password) : std::nullopt;
}

Task<Result<Session>> Accounts::log_in(Login login, std::chrono::seconds lifetime, std::vector<std::string> former)
{
    auto session = co_await try_login(login, lifetime, former);
    // Once more against the new hash: it may be that of the same password.
    if (session && !*session) session = co_await try_login(login, lifetime, former);
    if (!session) co_return session.error();
    if (!*session) co_return wrong_login();
    co_return std::move(**session);
}

Task<Result<std::optional<Session>>> Accounts::try_login(Login login, std::chrono::seconds lifetime,
                                                         std::vector<std::string> former)
{
    auto const* const found = find_user(login.username);
    auto const is_known = found != nullptr;
    auto user = found ? *found : store::UserRow{0, {}, nobodys_hash(), {}};
    LoginQueue::Attempt attempt{login.address, login.username};
    auto is_right = [hash = user.password, password = login.password, is_known] {
        return is_password_of(hash, password) && is_known;
    };
    auto const right = co_await queue_.check(std::move(attempt), std::move(is_right));
    if (!right) co_return right.error();
    if (!*right) {
        // Some type their password where the name belongs: a name that nobody has must not be logged.
        log::warn("a login failed: name={} from={}", log::value(is_known ? login.username : "unknown"),
                  log::value(login.address));
        co_return wrong_login();
    }
    if (is_outdated(user.password)) {
        auto renewed = co_await renew_hash(std::move(user), login.password);
        if (!renewed) co_return renewed.error();
        user = std::move(*renewed);
    }
    auto session = co_await begin_session(std::move(user), lifetime, std::move(former));
    if (session && *session) log::info("{} logged in from {}", log::value(login.username), log::value(login.address));
    co_return session;
}

/// The password that was right when it was checked may have been set anew since: the database tells.
Task<Result<std::optional<Session>>> Accounts::begin_session(store::UserRow user, std::chrono::seconds lifetime,
                                                             std::vector<std::string> former)
{
    auto const now = seconds_now();
    auto secret = random_token();
    Session session{Secret(secret), now + lifetime.count()};
    store::SessionRow const row{hash_of(secret), user.number, now, session.expires_at_s};
    std::vector<std::string> ended;
    for (auto const& each : former) ended.push_back(hash_of(each));
    if (auto first = first_of_too_many(row)) ended.push_back(std::move(*first));
    auto const begun = co_await repository_.begin_session(row, user.password, ended);
    if (!begun) co_return begun.error();
    if (!*begun) co_return std::optional<Session>();
    for (auto const& hash : ended) sessions_.erase(hash);
    std::erase_if(sessions_, [now](auto const& each) { return each.second.expires_at_s <= now; });
    sessions_.emplace(row.hash, OpenSession{row.user_number, row.created, row.expires});
    co_return std::optional(std::move(session));
}

/// Nodes that share an account log in whenever they connect. Of too many sessions of a user that last as long as the
/// next one, the one that began first; so tokens of nodes end no login of a browser.
std::optional<std::string> Accounts::first_of_too_many(store::SessionRow const& next) const
{
    std::size_t count = 0;
    auto first = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
        auto const& session = at->second;
        bool const is_like_it = session.user == next.user_number &&
                                session.expires_at_s - session.created_at_s == next.expires - next.created;
        if (!is_like_it) continue;
        ++count;
        if (first == sessions_.end() || session.created_at_s < first->second.created_at_s) first = at;
    }
    return count >= max_sessions_of_user ? std::optional(first->first) : std::nullopt;
}

Task<Result<store::UserRow>> Accounts::renew_hash(store::UserRow user, Secret password)
{
    auto const hash = co_await queue_.hash(std::move(password));
    if (!hash) co_return hash.error();
    auto const renewed = co_await repository_.renew_hash(user.number, user.password, *hash);
    if (!renewed) co_return renewed.error();
    auto* const row = find_user(user.name);
    if (*renewed && row) row->password = *hash;
    if (*renewed) user.password = *hash;
    co_return user;
}

Task<Result<void>> Accounts::log_out(std::string secret)
{
    auto const hash = hash_of(secret);
    if (!sessions_.contains(hash)) co_return Result<void>();
    if (auto const ended = co_await repository_.end_session(hash); !ended) co_return ended.error();
    sessions_.erase(hash);
    co_return Result<void>();
}

std::optional<http::Caller> Accounts::find_session(std::string_view secret) const
{
    auto const session = sessions_.find(hash_of(secret));
    if (session == sessions_.end() || session->second.expires_at_s <= seconds_now()) return std::nullopt;
    auto const is_same = [&](store::UserRow const& user) { return user.number == session->second.user; };
    auto const user = std::find_if(users_.begin(), users_.end(), is_same);
    if (user == users_.end()) return std::nullopt;
    return http::Caller{http::Caller::Kind::user, user->name, http::Access::operators, std::nullopt};
}

std::optional<http::Caller> Accounts::find_token(std::string_view secret) const
{
    auto const number = token_numbers_.find(hash_of(secret));
    return number == token_numbers_.end() ? find_session(secret) : caller_of(tokens_.at(number->second));
}

Task<Result<Accounts::NewToken>> Accounts::make_token(store::TokenKind kind, std::string name,
                                                      std::optional<store::Project> project)
{
    NewToken made{0, Secret(std::string(token_prefix) + random_token())};
    store::TokenRow row;
    row.hash = hash_of(made.secret.reveal());
    row.kind = kind;
    row.name = std::move(name);
    if (project) row.project = project->number;
    row.created = timestamp_now();
    auto const number = co_await repository_.add_token(row);
    if (!number) co_return number.error();
    row.number = made.number = *number;
    token_numbers_.emplace(row.hash, row.number);
    tokens_.emplace(made.number, store::ScopedToken{std::move(row), std::move(project)});
    co_return made;
}

Task<Result<void>> Accounts::revoke_token(std::int64_t number)
{
    if (!tokens_.contains(number)) co_return Error{Errc::not_found, "there is no token " + std::to_string(number)};
    if (auto const removed = co_await repository_.remove_token(number); !removed) co_return removed.error();
    auto const token = tokens_.find(number);
    if (token == tokens_.end()) co_return Result<void>(); // somebody else did the same meanwhile
    token_numbers_.erase(token->second.token.hash);
    tokens_.erase(token);
    co_return Result<void>();
}

void Accounts::forget_project(std::int64_t number)
{
    std::erase_if(tokens_, [&](auto const& each) {
        bool const is_for_it = each.second.token.project == number;
        if (is_for_it) token_numbers_.erase(each.second.token.hash);
        return is_for_it;
    });
}

Task<Result<void>> Accounts::set_password(std::string username, Secret password)
{
    if (auto const fit = check_new_password(password); !fit)
        co_return Error{fit.error().code, "the password " + fit.error().message};
    auto* const user = find_user(username);
    if (!user) {
        std::string names;
        for (auto const& each : users_) names.append(names.empty() ? "" : ", ").append(each.name);
        if (users_.empty()) names = "none before the server's first start";
        co_return Error{Errc::not_found, "there is no account '" + printable(username) + "': there are " + names};
    }
    auto const number = user->number;
    auto const hash = co_await queue_.hash(std::move(password));
    if (!hash) co_return hash.error();
    if (auto const kept = co_await repository_.set_password(number, *hash); !kept) co_return kept.error();
    user->password = *hash;
    std::erase_if(sessions_, [number](auto const& session) { return session.second.user == number; });
    co_return Result<void>();
}

std::vector<std::string> Accounts::usernames() const
{
    std::vector<std::string> names;
    for (auto const& user : users_) names.push_back(user.name);
    return names;
}

store::UserRow* Accounts::find_user(std::string_view name)
{
    auto const found = std::find_if(users_.begin(), users_.end(), [&](auto const& user) { return user.name == name; });
    return found == users_.end() ? nullptr : &*found;
}

} // namespace learning_loop
