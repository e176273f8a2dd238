# ll_read_rooms(): reads src/learning_loop/rooms.txt into LL_ROOMS (names, from the ground up) and, for each room,
# LL_ROOM_<room>_ON (rooms) and LL_ROOM_<room>_LIBRARIES.
macro(ll_read_rooms)
    set(ll_rooms_file ${PROJECT_SOURCE_DIR}/src/learning_loop/rooms.txt)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ll_rooms_file})
    file(STRINGS ${ll_rooms_file} ll_room_lines REGEX "^[^#]")
    foreach(line IN LISTS ll_room_lines)
        if(NOT line MATCHES "^([a-z_]+) *\\|([^|]*)\\|([^|]*)$")
            message(FATAL_ERROR "${ll_rooms_file}: expected `room | rooms | libraries`: ${line}")
        endif()
        set(room ${CMAKE_MATCH_1})
        separate_arguments(LL_ROOM_${room}_ON UNIX_COMMAND "${CMAKE_MATCH_2}")
        separate_arguments(LL_ROOM_${room}_LIBRARIES UNIX_COMMAND "${CMAKE_MATCH_3}")
        list(APPEND LL_ROOMS ${room})
    endforeach()
endmacro()

# ll_room(<room>): the static library of src/learning_loop/<room>, known as ll::<room>, installed as
# learning_loop::<room> with its headers but those in impl/. A folder that needs ONNX Runtime is left out whole when
# that is not here.
function(ll_room name)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/learning_loop/${name}/*.cpp)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/learning_loop/${name}/*.h)
    list(FILTER headers EXCLUDE REGEX "/impl/")
    if(NOT LL_WITH_ONNX)
        list(FILTER sources EXCLUDE REGEX "/onnx/")
        list(FILTER headers EXCLUDE REGEX "/onnx/")
    endif()
    list(TRANSFORM LL_ROOM_${name}_ON PREPEND "ll::" OUTPUT_VARIABLE rooms)
    add_library(ll_${name} STATIC ${sources})
    add_library(ll::${name} ALIAS ll_${name})
    target_sources(ll_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${headers})
    target_link_libraries(ll_${name} PUBLIC ${rooms} ${LL_ROOM_${name}_LIBRARIES} PRIVATE $<BUILD_INTERFACE:ll_compiler>)
    target_compile_features(ll_${name} PUBLIC cxx_std_20)
    set_target_properties(ll_${name} PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME ${name})
    install(TARGETS ll_${name} EXPORT learning_loop
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/learning_loop FILE_SET HEADERS)
endfunction()
