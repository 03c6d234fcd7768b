/*
 * What a recorder in C reaches: forwards one connection at a time on one thread, and writes each frame that
 * the client sends as a line of hex text. It has no errors to report, no clock and no limits, so a proxy that
 * records as fast is as fast as the machine.
 *
 * usage: limit_recorder LISTEN_PORT TARGET_PORT FILE
 * build: gcc -O3 -march=native -o limit_recorder limit_recorder.c
 */
#include <arpa/inet.h>
#include <endian.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

enum { HEADER = 8, READ = 256 * 1024, TEXT = 64 * 1024, LARGEST = 16 * 1024 * 1024, MARGIN = 64 };

static const char DIGITS[] = "0123456789abcdef";

static void hex(const uint8_t *from, size_t count, char *to) {
  size_t i = 0;
#ifdef __SSSE3__
  const __m128i digits = _mm_loadu_si128((const __m128i *)DIGITS);
  const __m128i low = _mm_set1_epi8(15);
  for (; i + 16 <= count; i += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(from + i));
    __m128i first = _mm_shuffle_epi8(digits, _mm_and_si128(_mm_srli_epi16(bytes, 4), low));
    __m128i second = _mm_shuffle_epi8(digits, _mm_and_si128(bytes, low));
    _mm_storeu_si128((__m128i *)(to + 2 * i), _mm_unpacklo_epi8(first, second));
    _mm_storeu_si128((__m128i *)(to + 2 * i + 16), _mm_unpackhi_epi8(first, second));
  }
#endif
  for (; i < count; i++) {
    to[2 * i] = DIGITS[from[i] >> 4];
    to[2 * i + 1] = DIGITS[from[i] & 15];
  }
}

static void write_all(int file, const void *bytes, size_t count) {
  const char *at = bytes;
  while (count > 0) {
    ssize_t written = write(file, at, count);
    if (written < 0) {
      perror("write");
      exit(1);
    }
    at += written;
    count -= written;
  }
}

static int tcp_socket(void) {
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static struct sockaddr_in local(const char *port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons(atoi(port)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Records and forwards the frames in the first `count` bytes; returns how many bytes they take. */
static size_t record(const uint8_t *frames, size_t count, int file, int target, char *text, size_t *used) {
  size_t at = 0;
  while (count - at >= HEADER) {
    uint64_t length;
    memcpy(&length, frames + at, HEADER);
    length = be64toh(length);
    if (length > LARGEST) {
      fprintf(stderr, "a frame of %llu bytes is too large\n", (unsigned long long)length);
      exit(1);
    }
    if (count - at - HEADER < length) break;
    if (*used + 2 * length + MARGIN > TEXT) {
      write_all(file, text, *used);
      *used = 0;
    }
    *used += sprintf(text + *used, "%d\tc2s\t", 123456);
    hex(frames + at + HEADER, length, text + *used);
    *used += 2 * length;
    text[(*used)++] = '\n';
    at += HEADER + length;
  }
  write_all(target, frames, at);
  return at;
}

static void serve(int client, int target, int file, uint8_t *frames, char *text) {
  struct pollfd ready[] = {{client, POLLIN, 0}, {target, POLLIN, 0}};
  size_t have = 0, used = 0;
  char back[16 * 1024];
  while (ready[0].fd >= 0 || ready[1].fd >= 0) {
    poll(ready, 2, -1);
    if (ready[1].fd >= 0 && ready[1].revents) {
      ssize_t n = read(target, back, sizeof back);
      if (n > 0) {
        write_all(client, back, n);
      } else {
        shutdown(client, SHUT_WR);
        ready[1].fd = -1;
      }
    }
    if (ready[0].fd >= 0 && ready[0].revents) {
      ssize_t n = read(client, frames + have, have < READ ? READ - have : LARGEST + HEADER - have);
      if (n > 0) {
        have += n;
        size_t whole = record(frames, have, file, target, text, &used);
        have -= whole;
        memmove(frames, frames + whole, have);
      } else {
        shutdown(target, SHUT_WR);
        ready[0].fd = -1;
      }
    }
  }
  write_all(file, text, used);
}

int main(int count, char **args) {
  if (count != 4) {
    fprintf(stderr, "usage: limit_recorder LISTEN_PORT TARGET_PORT FILE\n");
    return 2;
  }
  struct sockaddr_in here = local(args[1]), there = local(args[2]);
  int listener = tcp_socket();
  if (bind(listener, (struct sockaddr *)&here, sizeof here) != 0 || listen(listener, 64) != 0) {
    perror("listen");
    return 1;
  }
  int file = open(args[3], O_CREAT | O_WRONLY | O_TRUNC, 0600);
  uint8_t *frames = malloc(LARGEST + HEADER);
  char *text = malloc(TEXT + 2 * (size_t)LARGEST + MARGIN);
  for (;;) {
    int client = accept(listener, NULL, NULL), target = tcp_socket(), one = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(target, (struct sockaddr *)&there, sizeof there) != 0) {
      perror("connect");
      return 1;
    }
    serve(client, target, file, frames, text);
    close(client);
    close(target);
  }
}
