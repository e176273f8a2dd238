# ll_module(<room> LINK <targets>...): the static library of src/learning_loop/<room>, known as ll::<room>.
# A folder that needs ONNX Runtime is left out whole when that is not here.
function(ll_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/learning_loop/${name}/*.cpp)
    if(NOT LL_WITH_ONNX)
        list(FILTER sources EXCLUDE REGEX "/onnx/")
    endif()
    add_library(ll_${name} STATIC ${sources})
    add_library(ll::${name} ALIAS ll_${name})
    target_include_directories(ll_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(ll_${name} PUBLIC ${arg_LINK} PRIVATE ll_compiler)
    set_target_properties(ll_${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()
