#pragma once

#include "learning_loop/async/lookups.h"

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

// How a handler is called whose arguments come from a `Source`: a request or an event. `Argument<T>::read` reads those
// that are there at once; each other one is found by the lookup of its type, which may wait. They are read from left to
// right, and the first error is the answer: so the order of a signature is the order of its checks.

namespace learning_loop {

template <class Source, template <class> class Argument, class T>
concept ReadAtOnce = requires(Source& source, T& into) {
    { Argument<T>::read(source, into) } -> std::same_as<Result<void>>;
};

/// What moves a part of the source away instead of reading it, as a body: it stands last, so that nothing looks for
/// that part after it.
template <template <class> class Argument, class T>
concept MovesOutOfSource = requires { Argument<T>::moves_out; };

template <template <class> class Argument, class... In>
constexpr bool moves_out_only_at_the_end()
{
    constexpr std::array<bool, sizeof...(In) + 1> moves{MovesOutOfSource<Argument, In>..., false};
    for (std::size_t i = 0; i + 1 < sizeof...(In); ++i) {
        if (moves[i]) return false;
    }
    return true;
}

/// How one argument of a call gets its value.
template <class Source>
struct ArgumentStep {
    void* into;
    Result<void> (*read)(Source& source, void* into); ///< Null: it is looked up.
    Lookup<Source> const* lookup;                     ///< Null: it is read.
};

template <class Source>
using ArgumentSteps = std::span<ArgumentStep<Source> const>;

/// A call whose arguments may wait.
template <class Source, class Answer>
class Call {
public:
    Call() = default;
    Call(Call const&) = delete;
    Call& operator=(Call const&) = delete;
    virtual ~Call() = default;

    virtual ArgumentSteps<Source> steps() const = 0;
    virtual Task<Result<Answer>> run() = 0; ///< To be called once, when all arguments have their values.
};

/// The source must outlive the task. There is one such coroutine for each source and type of answer, not for each
/// handler: nothing takes the compiler as long as coroutines.
template <class Source, class Answer>
Task<Result<Answer>> finish_call(std::unique_ptr<Call<Source, Answer>> call, Source& source)
{
    for (auto const& step : call->steps()) {
        if (step.read) {
            if (auto const read = step.read(source, step.into); !read) co_return read.error();
            continue;
        }
        auto finding = step.lookup->find(source, step.into);
        if (auto const found = co_await std::move(finding); !found) co_return found.error();
    }
    auto running = call->run();
    co_return co_await std::move(running);
}

/// The same, with a source of its own.
template <class Source, class Answer>
Task<Result<Answer>> finish_owning_call(std::unique_ptr<Call<Source, Answer>> call, Source source)
{
    auto finishing = finish_call(std::move(call), source);
    co_return co_await std::move(finishing);
}

template <class Answer>
Task<Result<Answer>> refuse_call(Error error)
{
    co_return error;
}

/// The arguments of a call, and the function that takes them.
template <class Source, class Answer, template <class> class Argument, class Function, class... In>
class CallOf final : public Call<Source, Answer> {
public:
    static_assert(moves_out_only_at_the_end<Argument, In...>(), "what takes the body or the whole request stands last");
    static constexpr bool reads_at_once = (ReadAtOnce<Source, Argument, In> && ...);

    template <class L>
    CallOf(Lookups<L> const& lookups, Function function)
        : function_(std::move(function)), steps_(steps(lookups, std::index_sequence_for<In...>()))
    {}

    ArgumentSteps<Source> steps() const override { return steps_; }
    Task<Result<Answer>> run() override
    {
        return std::apply([this](In&... each) { return function_(std::move(each)...); }, values_);
    }

private:
    using Steps = std::array<ArgumentStep<Source>, sizeof...(In)>;

    template <class T>
    static Result<void> read(Source& source, void* into)
    {
        return Argument<T>::read(source, *static_cast<T*>(into));
    }

    template <class T, class L>
    static ArgumentStep<Source> step(Lookups<L> const& lookups, T& into)
    {
        if constexpr (ReadAtOnce<Source, Argument, T>) return {&into, &read<T>, nullptr};
        else return {&into, nullptr, &lookups.of(typeid(T))};
    }

    template <class L, std::size_t... index>
    Steps steps(Lookups<L> const& lookups, std::index_sequence<index...>)
    {
        return {step(lookups, std::get<index>(values_))...};
    }

    Function function_;
    std::tuple<In...> values_{};
    Steps steps_;
};

/// Calls `function`, which takes `In...` and returns a Task<Result<Answer>>.
template <class Answer, template <class> class Argument, class... In, class Source, class L, class Function>
Task<Result<Answer>> call_with_arguments(Source source, Lookups<L> const& lookups, Function function)
{
    using This = CallOf<Source, Answer, Argument, Function, In...>;
    if constexpr (This::reads_at_once) {
        This call(lookups, std::move(function));
        for (auto const& step : call.steps()) {
            if (auto const read = step.read(source, step.into); !read) return refuse_call<Answer>(read.error());
        }
        return call.run();
    } else {
        auto call = std::make_unique<This>(lookups, std::move(function));
        return finish_owning_call<Source, Answer>(std::move(call), std::move(source));
    }
}

/// Throws std::logic_error if an argument of that type is neither read at once nor found by a lookup.
template <class Source, template <class> class Argument, class T, class L>
void require_lookup(Lookups<L> const& lookups)
{
    if constexpr (!ReadAtOnce<Source, Argument, T>) (void)lookups.of(typeid(T));
}

/// Waits for a lookup and puts what it finds into its place.
template <class T>
Task<Result<void>> keep_found(Task<Result<T>> finding, void* into)
{
    auto found = co_await std::move(finding);
    if (!found) co_return found.error();
    *static_cast<T*>(into) = std::move(*found);
    co_return Result<void>();
}

/// The lookup that a member function `Task<Result<T>> find(In...)` makes. It takes arguments as a handler does, also
/// such as other lookups find. It runs once for each argument that needs it. The object and the lookups must outlive
/// it.
template <class Source, template <class> class Argument, class L, class Api, class T, class... In>
auto find_by(Lookups<L> const& lookups, Api& api, Task<Result<T>> (Api::*find)(In...))
{
    static_assert(!ReadAtOnce<Source, Argument, T>, "handlers read this type at once and would never ask the lookup");
    static_assert(!(MovesOutOfSource<Argument, In> || ...), "a lookup must leave the source to the arguments after it");
    (require_lookup<Source, Argument, In>(lookups), ...);
    return [&lookups, &api, find](Source& source, void* into) -> Task<Result<void>> {
        auto function = [&api, find, into](In... in) { return keep_found((api.*find)(std::move(in)...), into); };
        using This = CallOf<Source, void, Argument, decltype(function), In...>;
        return finish_call<Source, void>(std::make_unique<This>(lookups, std::move(function)), source);
    };
}

} // namespace learning_loop
