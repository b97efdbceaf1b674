// dovetail: rules."kv_close" = { destructor-of = "kv_store" }
// dovetail: rules."kv_open" = { out = ["store"], returns = "own" }
// dovetail: rules."kv_*" = { errors = "StoreError", nullable = [], message = ["kv_errmsg", "kv_errmsg(kv_of)", "kv_strerror"] }
// dovetail: rules."kv_count" = { errors = "" }
// dovetail: rules."kv_step" = { ok = ["KV_ROW", "KV_DONE"] }
// dovetail: rules."kv_find" = { errors = "StoreError", returns = "borrow" }
// dovetail: rules."kv_packed" = { errors = "PackError", failed = "kv_is_error" }
// dovetail: rules."kv_seek" = { ok = ">= 0" }
// dovetail: rules."kv_ready" = { errors = "StoreError" }
// dovetail: rules."kv_stmt_end" = { destructor-of = "kv_stmt", errors = "" }
// dovetail: rules."kv_begin_" = { errors = "" }
// dovetail: rules."kv_peek" = { errors = "" }
// dovetail: rules."kv_drop" = { release-gil = true }
// dovetail: rules."kv_left" = { errors = "" }
// dovetail: rules."kv_call" = { errors = "" }
// dovetail: rules."kv_kept" = { skip = true }
// dovetail: rules."kv_slot" = { skip = true }
// dovetail: rules."kv_each" = { array = ["visit(#3[#2], #4[#2])"] }
// dovetail: rules."kv_define" = { array = ["*(#3[#2])"], errors = "" }
// dovetail: rules."kv_lines" = { array = ["line(#2[#3])"] }
// dovetail: rules."kv_start" = { array = ["#1(#3[])"] }
// dovetail: rules."kv_compare" = { array = ["compare(#3[#2], #5[#4])"], errors = "" }
// dovetail: rules."kv_value_*" = { errors = "" }
// dovetail: rules."kv_column*" = { errors = "", array = ["return[kv_column_size()]"], as = "bytes" }
// dovetail: rules."kv_latin" = { text = "utf-8", errors = "" }
// dovetail: rules."kv_wide*" = { text = "utf-16", out = ["tail"] }
// dovetail: rules."kv_wide_swapped" = { text = "utf-16-be" }
// dovetail: rules."kv_complain" = { out = ["error"], free = ["kv_release"] }
// dovetail: rules."kv_copy_of" = { free = ["kv_release"] }
// dovetail: rules."kv_desc*" = { free = ["kv_release"], returns = "own", out = ["error"] }
// dovetail: rules."kv_describe" = { errors = "StoreError" }
// dovetail: rules."kv_describe_into" = { array = ["buffer[size]"] }
// dovetail: rules."kv_desc_name" = { returns = "borrow" }
// dovetail: rules."kv_ramp" = { array = ["return[n]"], free = ["kv_release"], release-gil = true }
// dovetail: rules."kv_checked_ramp" = { errors = "StoreError", array = ["return[n]"], free = ["kv_release"] }
// dovetail: rules."kv_plain_copy" = { free = ["free"] }
// dovetail: rules."kv_encode" = { out = ["*"], array = ["data[size]"], as = "bytes", free = ["kv_release"] }
// dovetail: rules."kv_samples" = { out = ["*"], array = ["data[count]"], free = ["kv_release"] }
// dovetail: rules."kv_word" = { out = ["*"], array = ["text[length]"] }
// dovetail: rules."kv_table" = { out = ["*"], array = ["cells[(rows + 1) * columns]"], free = ["kv_release", "kv_table_end"] }
// dovetail: rules."kv_snprintf" = { errors = "" }
// dovetail: rules."kv_configure" = { errors = "", varargs = ["int value", "double scale", "int *old"], out = ["old"] }
// dovetail: rules."kv_write" = { array = ["ptr[size * nitems]"] }
// dovetail: rules."kv_join" = { array = ["words[]"] }
// dovetail: rules."kv_pairs" = { array = ["words[2 * n]"], errors = "" }
// dovetail: rules."kv_attach" = { array = ["window[8]"], keeps = ["window"], errors = "" }
// dovetail: rules."kv_attached" = { errors = "" }
// dovetail: rules."kv_query" = { out = ["stmt"], returns = "own" }
/* A store in plain C, as C libraries are: handles, codes, memory with its length, addresses. */
#ifndef KV_H
#define KV_H
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KV_OK 0
#define KV_BUSY (-5)
#define KV_ROW 100
#define KV_DONE 101

typedef struct kv_store kv_store;
typedef struct kv_stmt kv_stmt;
typedef struct kv_item {
  char name[16];
  int size;
  void* context;
} kv_item;
enum kv_level { KV_CALM = 0, KV_HIGH = 1 };


inline kv_item* kv_items(void);
inline int* kv_open_stores(void);
inline const char** kv_last(void);

/* How many stores are open. */
static inline int kv_count(void) { return *kv_open_stores(); }

static inline int kv_open(const char* name, kv_store** store) {
  *kv_open_stores() += 1;
  *store = (kv_store*)malloc(1); /* also where it fails, as sqlite3_open does */
  *kv_last() = strlen(name) > 8 ? "that name is too long" : "";
  return strlen(name) > 8 ? 14 : KV_OK;
}
static inline int kv_close(kv_store* store) {
  *kv_open_stores() -= 1;
  free(store);
  return KV_OK;
}
static inline const char* kv_errmsg(kv_store* store) { return store ? *kv_last() : "no store"; }
static inline const char* kv_strerror(int code) { return code == KV_BUSY ? "busy" : ""; }

/* Memory with its length, and a length that comes back. */
static inline uint32_t kv_checksum(uint32_t seed, const unsigned char* buf, unsigned len) {
  for (unsigned i = 0; i < len; ++i) seed = seed * 31 + buf[i];
  return seed;
}
static inline int kv_put(kv_store* store, const char* key, const void* value, int n) {
  kv_item* item = kv_items();
  if (!store || strlen(key) > 15 || n < 0) return 1;
  strcpy(item->name, key);
  item->size = (int)kv_checksum(0, (const unsigned char*)value, (unsigned)n);
  return KV_OK;
}
static inline int kv_pack(unsigned char* dest, unsigned long* destLen, const unsigned char* source, unsigned long sourceLen) {
  if (*destLen < sourceLen) return KV_BUSY;
  if (sourceLen) memcpy(dest, source, sourceLen);
  *destLen = sourceLen;
  return KV_OK;
}
static inline size_t kv_fill(void* dst, size_t dstCapacity) {
  memset(dst, 'x', dstCapacity);
  return dstCapacity;
}
static inline size_t kv_write(const void* ptr, size_t size, size_t nitems) { return ptr ? size * nitems : 0; }
static inline size_t kv_read_all(const void* ptr) { return ptr ? 1 : 0; }
static inline int kv_words(const char* text, int len) {
  int words = 0;
  for (int i = 0; i < len; ++i) words += text[i] == ' ';
  return words < 100 ? KV_OK : words;
}

/* Codes of other kinds. */
static inline int kv_query(kv_store* store, int rows, kv_stmt** stmt) {
  *stmt = rows < 0 || !store ? NULL : (kv_stmt*)calloc(1, sizeof(int));
  if (*stmt) *(int*)(*stmt) = rows;
  *kv_last() = *stmt ? "" : "rows must not be negative";
  return *stmt ? KV_OK : 3;
}
static inline kv_store* kv_of(kv_stmt* stmt) {
  *kv_last() = "too many steps";
  return (kv_store*)stmt;
}
static inline int kv_step(kv_stmt* stmt) {
  int* rows = (int*)stmt;
  if (*rows < 0) return KV_BUSY;
  return (*rows)-- > 0 ? KV_ROW : KV_DONE;
}
static inline void kv_stmt_end(kv_stmt* stmt) { free(stmt); }
static inline kv_item* kv_find(const char* name) { return strcmp(kv_items()->name, name) ? NULL : kv_items(); }
static inline size_t kv_packed(size_t size) { return size > 1000 ? (size_t)-7 : size / 2; }
static inline unsigned kv_is_error(size_t code) { return code > (size_t)-100; }
static inline int kv_seek(int place) { return place; }
static inline int kv_ready(int wanted) { return wanted > 0 ? KV_OK : 1; }
static inline enum kv_level kv_check(int load) { return load > 9 ? KV_HIGH : KV_CALM; }

/* Memory and user data that C keeps until it calls what goes with them; and what only looks like that. */
typedef void (*kv_destructor)(void*);
typedef struct kv_slot {
  const void* data;
  int size;
  int (*call)(int, void*);
  void (*end)(void*);
} kv_slot;
inline kv_slot* kv_kept(void);
inline void kv_drop(void) {
  kv_slot* slot = kv_kept();
  if (slot->end) slot->end((void*)slot->data);
  memset(slot, 0, sizeof *slot);
}
static inline void kv_keep(const void* data, int size, kv_destructor end) {
  kv_drop();
  kv_kept()->data = data;
  kv_kept()->size = size;
  kv_kept()->end = end;
}
static inline void kv_keep_text(kv_store* store, const char* text, int len, kv_destructor destroy) {
  (void)store;
  kv_keep(text, len, destroy);
}
static inline void kv_keep_data(const void* data, size_t size, void (*destroy)(void*), int flags) { kv_keep(data, flags ? (int)size : 0, destroy); }
static inline void kv_keep_unnamed(const unsigned char* d, int n, void (*destroy)(void*)) { kv_keep(d, n, destroy); }
static inline void kv_keep_name(const char* name, void (*destroy)(void*)) { kv_keep(name, (int)strlen(name), destroy); }
static inline uint32_t kv_kept_sum(void) { return kv_checksum(0, (const unsigned char*)kv_kept()->data, (unsigned)kv_kept()->size); }
static inline void kv_keep_pointer(void* data, const char* type, void (*destroy)(void*)) {
  kv_keep(data, 0, destroy);
  if (!type[0]) kv_drop();
}
static inline void* kv_kept_pointer(void) { return (void*)kv_kept()->data; }
static inline void kv_keep_call(int (*call)(int x, void* data), void* data, void (*destroy)(void*)) {
  kv_keep(data, 0, destroy);
  kv_kept()->call = call;
}
static inline int kv_call(int x) { return kv_kept()->call ? kv_kept()->call(x, (void*)kv_kept()->data) : -1; }
static inline void kv_keep_raw(void* data, size_t size, void (*destroy)(void*)) { (void)data, (void)size, (void)destroy; }
static inline void kv_keep_rows(const int* rows, int n, void (*destroy)(void*)) { (void)rows, (void)n, (void)destroy; }
static inline int kv_visit(const char* text, void (*visit)(void* context), void* context) {
  visit(context);
  return (int)strlen(text) - 4;
}

/* Callbacks whose arguments belong together. */
static inline int kv_each(int (*visit)(void* data, int n, char** values, char** names), void* data) {
  char one[] = "one", two[] = "two", first[] = "first", second[] = "second";
  char* names[] = {first, second};
  char* values[] = {one, two};
  int code = visit(data, 2, values, names);
  values[1] = NULL;
  return code ? code : visit(data, 2, values, names);
}
typedef struct kv_value kv_value;
static inline int kv_value_int(const kv_value* value) { return *(const int*)value; }
static inline int kv_define(int (*f)(kv_store* store, int argc, kv_value** argv), int x) {
  int y = 2 * x;
  kv_value* argv[] = {(kv_value*)&x, (kv_value*)&y, NULL};
  return f(NULL, 3, argv);
}
static inline void kv_lines(void (*line)(void* data, const char* text, int n), void* data) {
  line(data, "one\ntwo", 3);
  line(data, NULL, 0);
}
static inline void kv_start(void (*)(void* data, const char* name, const char** attributes), void* data);
static inline void kv_start(void (*start)(void* data, const char* name, const char** attributes), void* data) {
  const char* attributes[] = {"id", "7", NULL};
  start(data, "row", attributes);
  start(data, "end", attributes + 2);
}
static inline int kv_compare(void* data, int (*compare)(void* data, int n, const void* a, int m, const void* b)) {
  return compare(data, 3, "abcd", 0, NULL);
}

/* Text and memory whose types do not say what they are, and what must be freed. */
static inline const void* kv_column(kv_value* row, int column) { return kv_value_int(row) > column ? "a\0b" : NULL; }
static inline int kv_column_size(kv_value* row, int column) { return kv_value_int(row) > column ? 3 : 0; }
static inline int kv_with_row(void (*f)(kv_value* row, void* data), void* data) {
  int columns = 1;
  f((kv_value*)&columns, data);
  return KV_OK;
}
static inline const unsigned char* kv_latin(const unsigned char* text) { return text[0] == 'x' ? NULL : text; }
static inline const void* kv_wide(const void* text, const void** tail) {
  const uint16_t* units = (const uint16_t*)text;
  *tail = units[0] ? units + 1 : NULL;
  return text;
}
static inline const void* kv_wide_swapped(void) { return "\0g\0r\0\374\0n\0\0"; }
static inline void kv_wide_each(void (*f)(void* data, const void* text, int size), void* data) {
  static const uint16_t text[] = {'a', 0x20ac, 0};
  f(data, text, 4);
}
inline int* kv_blocks(void);
/* How many blocks are to be freed. */
static inline int kv_left(void) { return *kv_blocks(); }
static inline void kv_release(void* block) {
  free(block);
  *kv_blocks() -= 1;
}
static inline char* kv_copy_of(const char* text) {
  char* copy = (char*)malloc(strlen(text) + 1);
  *kv_blocks() += 1;
  return strcpy(copy, text);
}
/* Under a glob that says whose they are; not the buffer, nor what another rule says is C's. */
static inline char* kv_describe(int n) { return n > 0 ? kv_copy_of("it") : NULL; }
static inline char* kv_describe_into(char* buffer, size_t size) {
  return size > 1 ? strcpy(buffer, "x") : NULL;
}
static inline char* kv_desc_name(void) { return kv_items()->name; }
static inline char* kv_plain_copy(void) { return strcpy((char*)malloc(2), "c"); }
static inline double* kv_checked_ramp(int n);
static inline double* kv_ramp(int n) {
  double* ramp = (double*)malloc(8 * sizeof(double));
  for (int i = 0; i < 8; ++i) ramp[i] = i;
  *kv_blocks() += 1;
  return n < 100 ? ramp : (kv_release(ramp), (double*)NULL);
}
static inline double* kv_checked_ramp(int n) { return n > 8 ? NULL : kv_ramp(n); }
static inline int kv_encode(unsigned char** data, size_t* size) {
  *data = (unsigned char*)kv_copy_of("a\nb");
  *size = 4;
  return KV_OK;
}
static inline int kv_samples(int which, double** data, int* count) {
  *data = kv_ramp(8);
  *count = which;
  return KV_OK;
}
static inline int kv_complain(int code, char** error) {
  *error = code ? kv_copy_of("it went wrong") : NULL;
  return code > 1 ? code : KV_OK;
}
static inline void kv_word(int number, const char** text, int* length) {
  *text = number ? "one two three" : NULL;
  *length = number ? 3 : 0;
}
static inline int kv_table(int want, char*** cells, int* rows, int* columns) {
  *cells = NULL;
  *rows = *columns = 0;
  if (want < 0) return 2;
  *cells = (char**)malloc(4 * sizeof(char*));
  *kv_blocks() += 1;
  (*cells)[0] = kv_copy_of("id");
  (*cells)[1] = kv_copy_of("name");
  (*cells)[2] = kv_copy_of("1");
  (*cells)[3] = NULL;
  *rows = 1;
  *columns = 2;
  return KV_OK;
}
static inline void kv_table_end(char** cells) {
  for (int i = 0; i < 3; ++i) kv_release(cells[i]);
  kv_release(cells);
}

/* Arguments of any number. */
static inline void kv_vlog(const char* format, va_list arguments) { vsnprintf(kv_items()->name, 16, format, arguments); }
static inline void kv_log(int level, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (level > 0) kv_vlog(format, arguments);
  va_end(arguments);
}
static inline int kv_snprintf(int n, char* buffer, const char* pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  int written = n > 0 ? vsnprintf(buffer, (size_t)n, pattern, arguments) : 0;
  va_end(arguments);
  return written;
}
static inline int kv_configure(int what, ...) {
  va_list arguments;
  va_start(arguments, what);
  int value = va_arg(arguments, int);
  double scale = va_arg(arguments, double);
  if (what > 0) *va_arg(arguments, int*) = what;
  va_end(arguments);
  return (int)(value * scale);
}
static inline int kv_sscanf(const char* text, const char* format, ...) { return text[0] - format[0]; }
static inline int kv_sum(int count, ...) { return count; }

/* Arrays of text, and memory that a handle keeps. */
static inline size_t kv_join(const char** words) {
  size_t length = 0;
  for (; *words; ++words) length += strlen(*words);
  return length;
}
static inline int kv_pairs(int n, const char** words) { return n > 0 ? (int)strlen(words[2 * n - 1]) : -1; }
static inline void kv_attach(kv_item* item, unsigned char* window) { item->context = window; }
static inline int kv_attached(const kv_item* item) { return item->context ? *(unsigned char*)item->context : -1; }

/* Macros with the names of functions. */
static inline int kv_peek(int place) { return place; }
#define kv_peek(place) ((place) > 100 ? 100 : (kv_peek)(place))
static inline int kv_begin_(int version) { return version; }
#define kv_begin() kv_begin_(KV_DONE)

/* Addresses. */
static inline void kv_set_context(kv_item* item, void* context) { item->context = context; }
static inline void* kv_context(const kv_item* item) { return item->context; }
static inline void* kv_here(void) { return kv_items(); }
static inline void kv_notify(void (*handler)(void* context, const char* text)) {
  handler(NULL, "nothing");
  handler(kv_items(), "items");
}

inline kv_item* kv_items(void) {
  static kv_item items[1];
  return items;
}
inline int* kv_open_stores(void) {
  static int open;
  return &open;
}
inline kv_slot* kv_kept(void) {
  static kv_slot kept;
  return &kept;
}
inline int* kv_blocks(void) {
  static int blocks;
  return &blocks;
}
inline const char** kv_last(void) {
  static const char* text = "";
  return &text;
}

#ifdef __cplusplus
}
#endif
#endif
