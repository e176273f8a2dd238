# ll_join(<target>): its files are compiled eight at a time, which takes a third of the CPU time, since most of it goes
# into headers. Names in the anonymous namespaces of a room must differ.
add_library(ll_joint INTERFACE)
target_link_libraries(ll_joint INTERFACE ll_compiler) # whose options come first
# A local of one file may have the name of a neighbour's function, and no file is the main one, whose types are its own.
target_compile_options(ll_joint INTERFACE -Wno-shadow -Wno-subobject-linkage
    # A false alarm of GCC 14, of std::optional<std::string>::emplace; GCC 12 still looks.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_GREATER:$<CXX_COMPILER_VERSION>,13>>:-Wno-maybe-uninitialized>)

function(ll_join target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:ll_joint>)
endfunction()
