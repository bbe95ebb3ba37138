// limit: how fast a TFTP read server could be on this machine. A measuring stick, not a server: it serves one file from
// memory to any name asked for, from one thread and one port, checks nothing and never retransmits. One recvmmsg takes what
// has arrived, one sendmmsg answers it, and a window leaves in one send by UDP_SEGMENT (GSO). Where an ACK is lost the client's
// own timer helps; what it sends again is answered again. With "spin" it polls the socket instead of sleeping.
// Build: cc -O2 -o limit limit.c      Use: limit PORT FILE [spin]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
enum { N = 64, TABLE = 1 << 17, GSO_BYTES = 65000, GSO_SEGS = 64 };
typedef struct { uint64_t key; uint32_t acked; int blksize, window; } Flow; // acked: last block acknowledged, not wrapped
static Flow table[TABLE];
static const uint8_t *content; static uint64_t size; static int fd;
static uint64_t key_of(struct sockaddr_in *a) { return (uint64_t)a->sin_addr.s_addr << 16 | a->sin_port; }
static Flow *flow(uint64_t k) { uint64_t h = k * 0x9E3779B97F4A7C15ull >> 47; for (;; h = (h + 1) & (TABLE - 1)) if (table[h].key == k || !table[h].key) return &table[h]; }
static int fill(Flow *f, uint32_t b, uint8_t *p) { // one DATA, header and content
  uint64_t at = (uint64_t)(b - 1) * f->blksize; if (at > size) return 0; int n = size - at < (uint64_t)f->blksize ? (int)(size - at) : f->blksize;
  p[0] = 0; p[1] = 3; p[2] = b >> 8; p[3] = b; memcpy(p + 4, content + at, n); return n + 4;
}
static void window(Flow *f, struct sockaddr_in *a) {
  static uint8_t buf[GSO_BYTES + 66000]; uint32_t b = f->acked + 1, end = f->acked + f->window; int seg = f->blksize + 4;
  while (b <= end) {
    int len = 0, segs = 0, n = 0;
    while (b <= end && segs < GSO_SEGS && (len + seg <= GSO_BYTES || !segs)) { n = fill(f, b, buf + len); if (!n) { end = 0; break; } len += n; segs++; b++; if (n < seg) { end = 0; break; } }
    if (!len) return;
    char c[CMSG_SPACE(2)] = {0}; struct iovec v = {buf, len}; struct msghdr m = {.msg_name = a, .msg_namelen = sizeof *a, .msg_iov = &v, .msg_iovlen = 1};
    if (segs > 1) { m.msg_control = c; m.msg_controllen = sizeof c; struct cmsghdr *h = CMSG_FIRSTHDR(&m); h->cmsg_level = SOL_UDP; h->cmsg_type = UDP_SEGMENT; h->cmsg_len = CMSG_LEN(2); *(uint16_t *)CMSG_DATA(h) = seg; }
    sendmsg(fd, &m, 0);
  }
}
int main(int argc, char **argv) {
  if (argc < 3) { fprintf(stderr, "limit PORT FILE [spin]\n"); return 2; }
  int spin = argc > 3; int f = open(argv[2], O_RDONLY); struct stat st; if (f < 0 || fstat(f, &st)) { perror(argv[2]); return 2; }
  size = st.st_size; content = mmap(0, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, f, 0);
  fd = socket(AF_INET, SOCK_DGRAM, 0); int big = 4 << 20; // beyond net.core.rmem_max and wmem_max only as root
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big)) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof big)) setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &big, sizeof big);
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (void *)&me, sizeof me)) { perror("bind"); return 1; }
  static uint8_t in[N][2048], out[N][66000]; struct sockaddr_in from[N]; struct iovec iv[N], ov[N]; struct mmsghdr im[N], om[N];
  for (;;) {
    for (int i = 0; i < N; i++) { iv[i] = (struct iovec){in[i], sizeof in[i]}; im[i].msg_hdr = (struct msghdr){.msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &iv[i], .msg_iovlen = 1}; }
    int got = recvmmsg(fd, im, N, spin ? MSG_DONTWAIT : MSG_WAITFORONE, NULL), o = 0; if (got <= 0) continue;
    for (int i = 0; i < got; i++) {
      uint8_t *p = in[i]; int n = im[i].msg_len; Flow *fl = flow(key_of(&from[i])); int len = 0;
      if (p[1] == 1) {
        fl->key = key_of(&from[i]); fl->acked = 0; fl->blksize = 512; fl->window = 1; char *s = (char *)p + 2, *e = (char *)p + n; s += strlen(s) + 1; s += strlen(s) + 1; uint8_t *q = out[o]; int ol = 2; q[0] = 0; q[1] = 6;
        while (s < e) { char *k = s; s += strlen(s) + 1; if (s >= e) break; char *v = s; s += strlen(s) + 1;
          if (!strcasecmp(k, "blksize")) { fl->blksize = atoi(v); ol += sprintf((char *)q + ol, "blksize") + 1; ol += sprintf((char *)q + ol, "%d", fl->blksize) + 1; }
          else if (!strcasecmp(k, "windowsize")) { fl->window = atoi(v); ol += sprintf((char *)q + ol, "windowsize") + 1; ol += sprintf((char *)q + ol, "%d", fl->window) + 1; }
          else if (!strcasecmp(k, "tsize")) { ol += sprintf((char *)q + ol, "tsize") + 1; ol += sprintf((char *)q + ol, "%lu", size) + 1; } }
        if (ol > 2) len = ol; else len = fill(fl, 1, q);
      } else if (p[1] == 4 && fl->key) {
        uint16_t b = p[2] << 8 | p[3]; fl->acked += (uint16_t)(b - (uint16_t)fl->acked);
        if (fl->window > 1) { window(fl, &from[i]); continue; }
        len = fill(fl, fl->acked + 1, out[o]);
      }
      if (len) { ov[o] = (struct iovec){out[o], len}; om[o].msg_hdr = (struct msghdr){.msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &ov[o], .msg_iovlen = 1}; o++; }
    }
    if (o) sendmmsg(fd, om, o, 0);
  }
}
