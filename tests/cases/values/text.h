// Text in all its C++ forms.
#pragma once
#include <cstring>
#include <string>
#include <string_view>
namespace text {

inline std::string same(const std::string& value) { return value; }
inline std::string moved(std::string value) { return value; }
inline std::size_t length(std::string_view value) { return value.size(); }
inline std::size_t c_length(const char* value) { return std::strlen(value); }
inline bool is_null(const char* value = nullptr) { return value == nullptr; }
inline const char* name() { return "dovetail"; }
inline const char* no_name() { return nullptr; }
inline std::string bytes_80() { return std::string("\x80\xff", 2); }
inline std::string_view view() { return "a view"; }
inline char same_char(char value) { return value; }
inline std::wstring same_wide(const std::wstring& value) { return value; }
inline std::u16string same_u16(const std::u16string& value) { return value; }
inline std::u32string same_u32(std::u32string_view value) { return std::u32string(value); }
inline char32_t same_char32(char32_t value) { return value; }
inline wchar_t same_wchar(wchar_t value) { return value; }

}  // namespace text
