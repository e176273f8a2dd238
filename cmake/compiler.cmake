# What every target of ours is compiled with; third-party headers are SYSTEM and keep their own warnings.
add_library(ll_compiler INTERFACE)
target_compile_options(ll_compiler INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough
    # Both are false alarms of GCC 12: frames of coroutines of Asio, and std::string::insert of a literal.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<BOOL:${LL_WERROR}>:-Werror> -fno-omit-frame-pointer)

if(LL_SANITIZE)
    # GCC warns of uninitialized values in what the sanitizers add to variants and coroutines; release still looks.
    # Clang's check of calls through function pointers takes coroutines for functions of another type.
    target_compile_options(ll_compiler INTERFACE
        -fsanitize=${LL_SANITIZE} -fno-sanitize-recover=all
        $<IF:$<CXX_COMPILER_ID:GNU>,-Wno-maybe-uninitialized,-fno-sanitize=function>)
    target_link_options(ll_compiler INTERFACE -fsanitize=${LL_SANITIZE})
    if(LL_SANITIZE_NOT)
        # dev compiles in a quarter less time without; preset fuzz has them all.
        target_compile_options(ll_compiler INTERFACE -fno-sanitize=${LL_SANITIZE_NOT})
    endif()
else()
    target_compile_options(ll_compiler INTERFACE -fstack-protector-strong)
endif()

find_program(LL_CCACHE ccache)
if(LL_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${LL_CCACHE})
endif()
find_program(LL_MOLD mold)
if(LL_MOLD)
    add_link_options(-fuse-ld=mold)
endif()
