# ll_module(<room> LINK <targets>... [PRIVATE <targets>...]): the static library of src/learning_loop/<room>, known as
# ll::<room>, installed as learning_loop::<room> with its headers but those in impl/. PRIVATE: what no header shows and
# who links needs nothing of. A folder that needs ONNX Runtime is left out whole when that is not here.
function(ll_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK;PRIVATE")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/learning_loop/${name}/*.cpp)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/learning_loop/${name}/*.h)
    list(FILTER headers EXCLUDE REGEX "/impl/")
    if(NOT LL_WITH_ONNX)
        list(FILTER sources EXCLUDE REGEX "/onnx/")
        list(FILTER headers EXCLUDE REGEX "/onnx/")
    endif()
    add_library(ll_${name} STATIC ${sources})
    add_library(ll::${name} ALIAS ll_${name})
    target_sources(ll_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${headers})
    target_link_libraries(ll_${name} PUBLIC ${arg_LINK} PRIVATE $<BUILD_INTERFACE:ll_compiler>)
    foreach(target ${arg_PRIVATE})
        target_link_libraries(ll_${name} PRIVATE $<BUILD_INTERFACE:${target}>)
    endforeach()
    target_compile_features(ll_${name} PUBLIC cxx_std_20)
    set_target_properties(ll_${name} PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME ${name})
    install(TARGETS ll_${name} EXPORT learning_loop
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/learning_loop FILE_SET HEADERS)
endfunction()
