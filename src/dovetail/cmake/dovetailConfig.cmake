# dovetail for CMake:
#
#   find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
#   find_package(dovetail REQUIRED)              # dovetail_DIR: `python -m dovetail cmake-dir`
#   dovetail_add_module(shapes HEADERS include/shapes.h LINK shapes_core)
#
# dovetail_add_module(NAME
#   HEADERS  header…      headers to bind, relative to this folder or as #include finds them
#   SOURCES  file…        C++ sources compiled into the module
#   LINK     target…      libraries of this project or imported targets; their include folders are used for parsing too
#   INCLUDE  folder…      further include folders
#   DEFINE   NAME[=V]…    macros
#   NAMESPACE name        the C++ namespace that becomes the module
#   STD      c++20        the C++ standard
#   CONFIG   folder       folder of a pyproject.toml or dovetail.toml with the module's rules, instead of HEADERS
# )
#
# The emitted C++ is compiled by this project's compiler with its flags; the stub lies beside the module.

if(NOT TARGET Python::Module)
  find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
endif()

function(dovetail_add_module name)
  cmake_parse_arguments(ARG "" "NAMESPACE;STD" "HEADERS;SOURCES;LINK;INCLUDE;DEFINE" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "dovetail_add_module(${name}): unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_HEADERS)
    message(FATAL_ERROR "dovetail_add_module(${name}): name at least one header after HEADERS")
  endif()
  if(NOT ARG_STD)
    set(ARG_STD c++20)
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.dovetail")
  set(emitted "${folder}/${name}.cpp")
  set(options --name ${name} --std ${ARG_STD})
  set(dependencies)
  foreach(header IN LISTS ARG_HEADERS)
    if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
      list(APPEND dependencies "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
    endif()
  endforeach()
  if(ARG_NAMESPACE)
    list(APPEND options --namespace ${ARG_NAMESPACE})
  endif()
  foreach(macro IN LISTS ARG_DEFINE)
    list(APPEND options --define ${macro})
  endforeach()
  foreach(include IN LISTS ARG_INCLUDE)
    get_filename_component(include "${include}" ABSOLUTE)
    list(APPEND options --include ${include})
  endforeach()
  set(inherited)
  foreach(target IN LISTS ARG_LINK)
    list(APPEND inherited
      "$<LIST:TRANSFORM,$<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>,PREPEND,--include=>")
  endforeach()
  if(CMAKE_VERSION VERSION_LESS 3.27)
    set(inherited)
    foreach(target IN LISTS ARG_LINK)
      set(folders "$<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>")
      list(APPEND inherited "$<$<BOOL:${folders}>:--include=$<JOIN:${folders},;--include=>>")
    endforeach()
  endif()
  add_custom_command(
    OUTPUT "${emitted}"
    COMMAND "${CMAKE_COMMAND}" -E env "CXX=${CMAKE_CXX_COMPILER}"
      "${Python_EXECUTABLE}" -m dovetail emit ${ARG_HEADERS} ${options} ${inherited}
      --output "${folder}" --stubs "${CMAKE_CURRENT_BINARY_DIR}" --one-file
    DEPENDS ${dependencies}
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    COMMENT "dovetail: binding ${name}"
    COMMAND_EXPAND_LISTS VERBATIM)
  Python_add_library(${name} MODULE WITH_SOABI "${emitted}" ${ARG_SOURCES})
  string(REGEX REPLACE "^(c|gnu)\\+\\+" "" standard "${ARG_STD}")
  set_target_properties(${name} PROPERTIES
    CXX_STANDARD ${standard} CXX_STANDARD_REQUIRED ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}" "${folder}" ${ARG_INCLUDE})
  target_include_directories(${name} SYSTEM PRIVATE "${dovetail_DIR}/../include")
  target_compile_definitions(${name} PRIVATE ${ARG_DEFINE})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
endfunction()
