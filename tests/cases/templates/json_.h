// needs: nlohmann/json.hpp (nlohmann-json3-dev)
// dovetail: rules."measure" = { out = ["report"] }
// nlohmann::json is what JSON means in Python.
#pragma once
#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>
namespace json_ {

using nlohmann::json;

/// What goes in comes out.
inline json echo(const json& value) { return value; }
inline nlohmann::ordered_json ordered(const nlohmann::ordered_json& value) { return value; }
inline const char* kind(const json& value) { return value.type_name(); }
inline std::size_t count(json value = json::array()) { return value.size(); }
inline std::string dump(const json& value, int indent = -1) { return value.dump(indent); }
inline json parse(const std::string& text) { return json::parse(text); }
inline json quiet(const std::string& text) { return json::parse(text, nullptr, false); }
inline json at(const json& value, const std::string& key) { return value.at(key); }
inline json item(const json& value, std::size_t index) { return value.at(index); }
inline int whole(const json& value) { return value.get<int>(); }

// What C++ writes comes back.
inline void add(json& value, const std::string& key, int number) { value[key] = number; }
inline bool measure(const json& value, json& report) {
  report = {{"size", value.size()}};
  return !value.empty();
}

// Inside of other types, and beside others.
inline std::optional<json> maybe(bool yes) { return yes ? std::optional<json>(json{1, 2}) : std::nullopt; }
inline std::vector<json> many() { return {1, "x", nullptr, {{"k", 2.5}}}; }
inline std::map<std::string, json> named(const std::map<std::string, json>& values) { return values; }
inline json::array_t list() { return {1, "a"}; }
inline std::string which(int) { return "int"; }
inline std::string which(const std::string&) { return "text"; }
inline std::string which(const json&) { return "json"; }

class Settings {
 public:
  explicit Settings(json root = json::object()) : root_(std::move(root)) {}
  const json& root() const { return root_; }
  json& edit() { return root_; }
  json extra;

 private:
  json root_;
};
struct Message {
  std::string topic;
  json body;
  bool operator==(const Message& other) const { return topic == other.topic && body == other.body; }
};

}  // namespace json_
