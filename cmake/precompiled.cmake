# ll_precompile(<target> <set>): the target's files begin with headers that were compiled once for all targets of the
# set. A header only goes in here if most files of the set include it anyway: each file must compile without, as the
# presets tsan, coverage and release do. (Not in release: with precompiled headers GCC 12 no longer knows which code is
# the system's, and warns at -O2 of moves of std::string within it.)
set(ll_async_headers
    <algorithm> <chrono> <cstdint> <deque> <filesystem> <functional> <map> <memory> <optional> <string> <string_view>
    <utility> <variant> <vector>
    <boost/asio/any_io_executor.hpp> <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/steady_timer.hpp>
    <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>
    <boost/describe.hpp> <boost/json.hpp> <fmt/core.h>)
set(ll_tests_headers ${ll_async_headers} <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <gtest/gtest.h>)

function(ll_precompile target set)
    if(NOT LL_PRECOMPILE)
        return()
    endif()
    set(compiled ll_precompiled_${set})
    if(NOT TARGET ${compiled})
        file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${compiled}.cpp CONTENT "// Headers only.\n")
        add_library(${compiled} OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/${compiled}.cpp)
        target_link_libraries(${compiled} PRIVATE Boost::headers Boost::json fmt::fmt spdlog::spdlog ll_compiler)
        if(set STREQUAL tests)
            target_link_libraries(${compiled} PRIVATE GTest::gtest)
        endif()
        target_precompile_headers(${compiled} PRIVATE ${ll_${set}_headers})
    endif()
    target_precompile_headers(${target} REUSE_FROM ${compiled})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU") # so that ccache knows when it may reuse what it has
        target_compile_options(${target} PRIVATE -fpch-preprocess)
    endif()
endfunction()
