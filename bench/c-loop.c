/*
 * The measure for our host: the same gathered fan-out in C. One thread, epoll; the lines of one turn go into one buffer,
 * and each member gets it in one write. The same bytes as our `gopl` door, no limits, no names, no report.
 * Compiled by the benchmark with gcc -O2.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_FILES 65536
#define EVENTS 1024
#define READ_BYTES 65536

struct buffer {
  char *bytes;
  size_t length, room;
};
struct member {
  char prefix[64];
  size_t prefix_length;
  struct buffer half, waiting;
  int place;
};

static struct member *members[MOST_FILES];
static int present[MOST_FILES];
static int count;
static struct buffer turn;
static int poll_fd;

static void append(struct buffer *to, const char *bytes, size_t length) {
  if (to->length + length > to->room) {
    to->room = 2 * (to->length + length);
    to->bytes = realloc(to->bytes, to->room);
    if (!to->bytes) exit(1);
  }
  memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
}

static void watch(int fd, int how, unsigned events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(poll_fd, how, fd, &event);
}

static void leave(int fd) {
  struct member *who = members[fd];
  if (!who) return;
  int last = present[--count];
  present[who->place] = last;
  members[last]->place = who->place;
  members[fd] = NULL;
  free(who->half.bytes);
  free(who->waiting.bytes);
  free(who);
  close(fd);
}

static void put(int fd, const char *bytes, size_t length) {
  struct member *who = members[fd];
  ssize_t written = 0;
  if (who->waiting.length == 0) {
    written = write(fd, bytes, length);
    if (written < 0) written = 0;
    if ((size_t)written == length) return;
    watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  }
  append(&who->waiting, bytes + written, length - (size_t)written);
}

static void drain(int fd) {
  struct buffer *waiting = &members[fd]->waiting;
  ssize_t written = write(fd, waiting->bytes, waiting->length);
  if (written <= 0) return;
  waiting->length -= (size_t)written;
  memmove(waiting->bytes, waiting->bytes + written, waiting->length);
  if (waiting->length == 0) watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

static void hear(int fd) {
  static char bytes[READ_BYTES];
  struct member *who = members[fd];
  ssize_t length = read(fd, bytes, sizeof bytes);
  if (length <= 0) {
    if (length == 0 || errno != EAGAIN) leave(fd);
    return;
  }
  char *from = bytes, *end = bytes + length;
  for (char *at; from < end && (at = memchr(from, '\n', (size_t)(end - from))); from = at + 1) {
    append(&turn, who->prefix, who->prefix_length);
    append(&turn, who->half.bytes, who->half.length);
    append(&turn, from, (size_t)(at - from) + 1);
    who->half.length = 0;
  }
  append(&who->half, from, (size_t)(end - from));
}

static void admit(int listener) {
  struct sockaddr_in from;
  socklen_t size = sizeof from;
  int one = 1, fd;
  while ((fd = accept4(listener, (struct sockaddr *)&from, &size, SOCK_NONBLOCK)) >= 0) {
    struct member *who = calloc(1, sizeof *who);
    if (!who || fd >= MOST_FILES) exit(1);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    who->prefix_length =
        (size_t)snprintf(who->prefix, sizeof who->prefix, "%s:%d: ", inet_ntoa(from.sin_addr), ntohs(from.sin_port));
    who->half.room = who->waiting.room = 256;
    who->half.bytes = malloc(256);
    who->waiting.bytes = malloc(256);
    if (!who->half.bytes || !who->waiting.bytes) exit(1);
    who->place = count;
    present[count++] = fd;
    members[fd] = who;
    watch(fd, EPOLL_CTL_ADD, EPOLLIN);
  }
}

int main(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGPIPE, SIG_IGN);

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 1024)) return 1;
  getsockname(listener, (struct sockaddr *)&at, &size);
  poll_fd = epoll_create1(0);
  watch(listener, EPOLL_CTL_ADD, EPOLLIN);
  printf("{\"port\":%d}\n", ntohs(at.sin_port));
  fflush(stdout);

  static struct epoll_event events[EVENTS];
  for (;;) {
    int ready = epoll_wait(poll_fd, events, EVENTS, -1);
    for (int n = 0; n < ready; n++) {
      int fd = events[n].data.fd;
      if (fd == listener) admit(listener);
      else {
        if (members[fd] && (events[n].events & EPOLLOUT)) drain(fd);
        if (members[fd] && (events[n].events & ~(unsigned)EPOLLOUT)) hear(fd);
      }
    }
    if (turn.length == 0) continue;
    for (int n = 0; n < count; n++) put(present[n], turn.bytes, turn.length);
    turn.length = 0;
  }
}
