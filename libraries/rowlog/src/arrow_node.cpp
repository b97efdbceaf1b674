#include "arrow_node.h"

#include <utility>

namespace rowlog::detail {
namespace {

struct ArrayBody {
  ArrowPart part;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
  std::vector<ArrowArray> dictionary;
};

struct SchemaBody {
  ArrowField field;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
  std::vector<ArrowSchema> dictionary;
};

// A consumer may have moved children out: those are marked as released.
template <class Node, class Body>
void release(Node* node) {
  const std::unique_ptr<Body> body(static_cast<Body*>(node->private_data));
  for (auto* nodes : {&body->children, &body->dictionary})
    for (Node& child : *nodes)
      if (child.release) child.release(&child);
  node->release = nullptr;
}

template <class Node, class Body>
void adopt(Node& node, std::unique_ptr<Body> body) {
  for (Node& child : body->children) body->pointers.push_back(&child);
  node.n_children = static_cast<std::int64_t>(body->children.size());
  node.children = body->pointers.data();
  node.dictionary = body->dictionary.empty() ? nullptr : body->dictionary.data();
  node.release = release<Node, Body>;
  node.private_data = body.release();
}

}  // namespace

ArrowArray makeArray(ArrowPart part) {
  auto body = std::make_unique<ArrayBody>();
  for (ArrowPart& child : part.children) body->children.push_back(makeArray(std::move(child)));
  for (ArrowPart& words : part.dictionary) body->dictionary.push_back(makeArray(std::move(words)));
  body->part = std::move(part);
  ArrowArray array{};
  array.length = body->part.length;
  array.null_count = body->part.nulls;
  array.n_buffers = static_cast<std::int64_t>(body->part.buffers.size());
  array.buffers = body->part.buffers.data();
  adopt(array, std::move(body));
  return array;
}

ArrowSchema makeSchema(const ArrowField& field) {
  auto body = std::make_unique<SchemaBody>();
  body->field = field;
  for (const ArrowField& child : field.children) body->children.push_back(makeSchema(child));
  for (const ArrowField& words : field.dictionary) body->dictionary.push_back(makeSchema(words));
  ArrowSchema schema{};
  schema.format = body->field.format.c_str();
  schema.name = body->field.name.c_str();
  schema.flags = field.nullable ? ARROW_FLAG_NULLABLE : 0;
  adopt(schema, std::move(body));
  return schema;
}

}  // namespace rowlog::detail
