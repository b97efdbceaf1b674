#ifndef PLAIN_H
#define PLAIN_H
#ifdef __cplusplus
extern "C" {
#endif

#define PLAIN_OK 0
#define PLAIN_ERROR (-1)
#define PLAIN_MAX 0x7fffffffL

typedef struct plain plain;
typedef struct plain_options {
  int level;
  unsigned flags : 3;
  const char *name;
  void *user;
  double limits[2][3];
} plain_options;

typedef int (*plain_callback)(void *user, const unsigned char *data, unsigned long size);
typedef enum plain_mode { PLAIN_READ = 1, PLAIN_WRITE = 1 << 1 } plain_mode;

/* Opens. Returns PLAIN_OK, or PLAIN_ERROR with *out untouched. */
int plain_open(const char *path, plain_mode mode, plain **out);
int plain_read(plain *p, unsigned char *buffer, unsigned long size, unsigned long *read);
void plain_close(plain *p);
int plain_each(plain *p, plain_callback callback, void *user);
const char *plain_message(int code);
plain_options plain_defaults(void);
extern const int plain_version;

#ifdef __cplusplus
}
#endif
#endif
