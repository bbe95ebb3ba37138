// tftpload: a TFTP read load generator. Many concurrent downloads from one thread, over loopback or a test namespace.
// It speaks RFC 1350/2347/2348/2349/7440, accepts replies from any server port (TID), can hold its replies back to
// simulate a round-trip time, can drop datagrams in both directions, and can compare every byte with the real file.
// Prints one JSON object. Build: cc -O2 -o tftpload tftpload.c
//
// One core: it polls (-S) or waits up to a millisecond for datagrams. A session is one download on a socket of its own, and
// when it ends the next begins, until -n have; exit 0 only when all were complete and right. What the client does with
// - any unexpected block, with a window: acknowledges the last block in order, once until the next one comes, and begins a window there, as U-Boot does;
// - in lock-step the block acknowledged last once more: acknowledges it once more, since that ACK was lost (RFC 1350 §2); others are counted;
// - silence for -t milliseconds: sends its last datagram again, -r times, then the download has failed.
// Of a simulated round trip the whole lies between a datagram's arrival and its answer; the request and the last ACK go at once.
// With -R the client sits behind a link of that many Mbit/s, shared by all sessions, with a queue of -Q KiB in front of it (tail drop; a
// datagram is its payload and 28 bytes). Then -d is precise to some 0.1 ms, and ACKs follow each other as they were sent.
// Figures: "data" counts blocks as they came from the server, before any was dropped, "blocks_per_s" those that came in order; "seconds" runs from
// the first request to the last block.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { VLEN = 64, MAXPKT = 65536, SLOTS = 1 << 14, HEADERS = 28 };

typedef struct Session {
  int fd, active, peered, blksize, window, inwin, have_oack, tries, gap_acked;
  struct sockaddr_storage peer; socklen_t peerlen;
  uint32_t next;              // next expected block, not wrapped
  uint64_t bytes, t0, tfirst; // ns
  uint64_t deadline;          // ms tick at which the last datagram is sent again
  uint8_t out[600]; int outlen; // last datagram sent, kept for resending
  int pending;                // out is to be sent at a later tick (simulated RTT)
  struct Session *wnext; uint64_t wtick; int inwheel;
} Session;
typedef struct Passing { struct Passing *next; uint64_t due, t0; Session *s; int n; uint8_t bytes[]; } Passing; // a datagram under way, to the client or from it
typedef struct { Passing *first, **last; } Line; // what leaves in the order in which it came

static struct sockaddr_storage server; static socklen_t serverlen;
static const char *file_name = "file", *mode = "octet"; static int opt_blk = 0, opt_win = 0, conc = 1, spin = 0, ask_tsize = 0; static long total = 1;
static double rtt_ms = 0, loss = 0, limit_s = 60; static int timeout_ms = 1000, max_tries = 8;
static const uint8_t *want; static size_t want_len; static int verify = 0;
static int ep; static Session *ss; static Session *wheel[SLOTS]; static uint64_t tick0, tick;
static long started, done_ok, failed, bad, dup_data, resends; static uint64_t total_bytes, total_blocks, tx_pkts;
static double *ttfb, *dur; static long nres;
static double link_rate = 0; static long link_queue = 64 << 10; static uint64_t link_free; static long data_seen; // bytes a second, bytes, ns
static Line down = {0, &down.first}, up = {0, &up.first};
static uint64_t rng = 88172645463325252ull;

static uint64_t now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static double rnd(void) { rng ^= rng << 13; rng ^= rng >> 7; rng ^= rng << 17; return (rng >> 11) * (1.0 / 9007199254740992.0); }
static int lost(void) { return loss > 0 && rnd() < loss; }

static void wheel_add(Session *s, uint64_t at) {
  if (s->inwheel) return; // one entry a session: a due entry that is early is put back
  if (at <= tick) at = tick + 1;
  if (at - tick >= SLOTS) at = tick + SLOTS - 1;
  s->wtick = at; s->wnext = wheel[at & (SLOTS - 1)]; wheel[at & (SLOTS - 1)] = s; s->inwheel = 1;
}
static void send_out(Session *s, const uint8_t *bytes, int n) {
  tx_pkts++;
  if (lost()) return;
  if (sendto(s->fd, bytes, n, MSG_DONTWAIT, (struct sockaddr *)(s->peered ? &s->peer : &server), s->peered ? s->peerlen : serverlen) < 0 && errno != EAGAIN && errno != ECONNREFUSED && errno != ENOBUFS) perror("sendto");
}
static void pass(Line *line, uint64_t due, Session *s, const uint8_t *bytes, int n) {
  Passing *p = malloc(sizeof *p + n); *p = (Passing){0, due, s->t0, s, n}; memcpy(p->bytes, bytes, n); *line->last = p; line->last = &p->next;
}
static void raw_send(Session *s) { send_out(s, s->out, s->outlen); }
static void post(Session *s) { // behind a link the way back takes its time
  if (link_rate > 0 && rtt_ms > 0) pass(&up, now_ns() + (uint64_t)(rtt_ms * 1e6), s, s->out, s->outlen); else raw_send(s);
}
static Passing *arrived(Line *line, uint64_t now) { // NULL: nothing is due
  Passing *p = line->first; if (!p || p->due > now) return NULL;
  if (!(line->first = p->next)) line->last = &line->first;
  return p;
}
static void cross(Session *s, const uint8_t *p, int n) { // the link, towards the client
  uint64_t now = now_ns(), begins = link_free > now ? link_free : now;
  if ((begins - now) / 1e9 * link_rate + n + HEADERS > link_queue) return;
  link_free = begins + (uint64_t)((n + HEADERS) / link_rate * 1e9); pass(&down, link_free, s, p, n);
}
static void emit(Session *s) { // send now, or a round trip later
  if (link_rate > 0) { post(s); s->deadline = tick + timeout_ms; wheel_add(s, s->deadline); return; }
  uint64_t due = tick + timeout_ms;
  if (rtt_ms > 0) { s->pending = 1; due = tick + (uint64_t)rtt_ms; } else { s->pending = 0; raw_send(s); }
  s->deadline = s->pending ? due : tick + timeout_ms;
  if (rtt_ms > 0 && s->inwheel && s->wtick > due) { // move it forward
    Session **p = &wheel[s->wtick & (SLOTS - 1)]; while (*p && *p != s) p = &(*p)->wnext; if (*p) *p = s->wnext; s->inwheel = 0;
  }
  wheel_add(s, s->deadline);
}
static void ack(Session *s, uint16_t block) { s->out[0] = 0; s->out[1] = 4; s->out[2] = block >> 8; s->out[3] = block & 255; s->outlen = 4; emit(s); }
static int put(uint8_t *p, const char *v) { int n = strlen(v) + 1; memcpy(p, v, n); return n; }
static void begin(Session *s) {
  if (started >= total) { s->active = 0; return; }
  started++;
  int inwheel = s->inwheel; Session *wn = s->wnext; uint64_t wt = s->wtick;
  memset(s, 0, sizeof *s); s->inwheel = inwheel; s->wnext = wn; s->wtick = wt;
  s->fd = socket(server.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (s->fd < 0) { perror("socket"); exit(1); }
  int buf = opt_win > 1 ? 4 << 20 : 256 << 10; // beyond net.core.rmem_max only as root
  if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &buf, sizeof buf)) setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &buf, sizeof buf);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = s}; epoll_ctl(ep, EPOLL_CTL_ADD, s->fd, &e);
  s->active = 1; s->blksize = 512; s->window = 1; s->next = 1;
  uint8_t *p = s->out; char v[16]; p[0] = 0; p[1] = 1; p += 2; p += put(p, file_name); p += put(p, mode);
  if (ask_tsize) { p += put(p, "tsize"); p += put(p, "0"); }
  if (opt_blk) { p += put(p, "blksize"); sprintf(v, "%d", opt_blk); p += put(p, v); }
  if (opt_win) { p += put(p, "windowsize"); sprintf(v, "%d", opt_win); p += put(p, v); }
  s->outlen = p - s->out; s->t0 = now_ns(); double r = rtt_ms; rtt_ms = 0; emit(s); rtt_ms = r;
}
static void finish(Session *s, int ok) {
  close(s->fd); s->active = 0;
  if (ok) { if (want_len && s->bytes != want_len) { bad++; } else done_ok++; dur[nres] = (now_ns() - s->t0) / 1e3; ttfb[nres] = (s->tfirst - s->t0) / 1e3; nres++; }
  else failed++;
  begin(s);
}
static void oack(Session *s, uint8_t *p, int n) {
  uint8_t *e = p + n; p += 2;
  while (p < e) {
    char *k = (char *)p; int kl = strnlen(k, e - p); if (p + kl >= e) break; p += kl + 1; if (p >= e) break;
    char *v = (char *)p; int vl = strnlen(v, e - p); if (p + vl >= e) break; p += vl + 1;
    if (!strcasecmp(k, "blksize")) s->blksize = atoi(v); else if (!strcasecmp(k, "windowsize")) s->window = atoi(v);
  }
  s->have_oack = 1;
}
static void datagram(Session *s, uint8_t *p, int n) {
  if (n < 4) return;
  int op = p[0] << 8 | p[1];
  if (op == 6 && s->next == 1) { if (!s->have_oack) { oack(s, p, n); s->tries = 0; if (!s->tfirst) s->tfirst = now_ns(); } ack(s, 0); return; }
  if (op == 5) { static int shown; if (!shown++) fprintf(stderr, "ERROR %d %.*s\n", p[2] << 8 | p[3], n - 4, p + 4); finish(s, 0); return; }
  if (op != 3) return;
  uint16_t b = p[2] << 8 | p[3]; int len = n - 4;
  if (b != (uint16_t)s->next) {
    int16_t diff = (int16_t)(b - (uint16_t)s->next);
    dup_data += diff < 0;
    if (s->window > 1 && !s->gap_acked && (diff > 0 || link_rate > 0)) { s->gap_acked = 1; s->inwin = 0; resends++; ack(s, (uint16_t)(s->next - 1)); }
    else if (diff == -1 && !s->gap_acked && !s->pending && b == (s->out[2] << 8 | s->out[3])) { resends++; ack(s, b); }
    return;
  }
  if (!s->tfirst) s->tfirst = now_ns();
  s->gap_acked = 0; s->tries = 0;
  if (verify && (s->bytes + len > want_len || memcmp(want + s->bytes, p + 4, len))) { bad++; finish(s, 0); return; }
  s->bytes += len; total_bytes += len; total_blocks++; s->next++; s->inwin++;
  int last = len < s->blksize;
  if (last || s->inwin >= s->window) { s->inwin = 0; if (last) { double r = rtt_ms; rtt_ms = 0; ack(s, b); rtt_ms = r; finish(s, 1); return; } ack(s, b); }
}
static void on_tick(Session *s) {
  if (!s->active) return;
  if (s->deadline > tick) { wheel_add(s, s->deadline); return; }
  if (s->pending) { s->pending = 0; raw_send(s); s->deadline = tick + timeout_ms; wheel_add(s, s->deadline); return; }
  if (++s->tries > max_tries) { finish(s, 0); return; }
  if (s->next > 1) { uint16_t b = (uint16_t)(s->next - 1); s->out[2] = b >> 8; s->out[3] = b & 255; } // RFC 7440: the last block in order, which the last ACK sent may not name
  resends++; s->gap_acked = 0; s->inwin = 0; post(s); s->deadline = tick + timeout_ms; wheel_add(s, s->deadline);
}
static void move(void) { // what has come through
  uint64_t now = now_ns(); Passing *p;
  while ((p = arrived(&up, now))) { if (p->s->active && p->s->t0 == p->t0) send_out(p->s, p->bytes, p->n); free(p); }
  while ((p = arrived(&down, now))) { if (p->s->active && p->s->t0 == p->t0) datagram(p->s, p->bytes, p->n); free(p); }
}
static int wait_ns(uint64_t now) { // until something is due, a tick at most
  uint64_t due = now + 1000000; if (up.first && up.first->due < due) due = up.first->due; if (down.first && down.first->due < due) due = down.first->due;
  return due > now ? due - now : 0;
}
static int cmp(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }
static double pct(double *v, long n, double q) { return n ? v[(long)(q * (n - 1))] : 0; }

int main(int argc, char **argv) {
  const char *host = "127.0.0.1", *port = "69", *path = NULL; int c;
  while ((c = getopt(argc, argv, "h:p:f:c:n:b:w:d:l:t:r:v:e:m:L:R:Q:STZ:")) != -1) switch (c) {
    case 'h': host = optarg; break; case 'p': port = optarg; break; case 'f': file_name = optarg; break; case 'm': mode = optarg; break;
    case 'c': conc = atoi(optarg); break; case 'n': total = atol(optarg); break; case 'b': opt_blk = atoi(optarg); break;
    case 'w': opt_win = atoi(optarg); break; case 'd': rtt_ms = atof(optarg); break; case 'l': loss = atof(optarg) / 100; break;
    case 't': timeout_ms = atoi(optarg); break; case 'r': max_tries = atoi(optarg); break; case 'v': path = optarg; verify = 1; break;
    case 'R': link_rate = atof(optarg) * 1e6 / 8; break; case 'Q': link_queue = atof(optarg) * 1024; break;
    case 'e': path = optarg; break; case 'L': limit_s = atof(optarg); break; case 'S': spin = 1; break; case 'T': ask_tsize = 1; break; case 'Z': rng ^= strtoull(optarg, 0, 10) * 0x9E3779B97F4A7C15ull; break;
    default: fprintf(stderr, "tftpload -h HOST -p PORT -f NAME [-m mode] [-c concurrent] [-n total] [-b blksize] [-w windowsize] [-T ask tsize] [-d rtt ms] [-l loss %%] [-R link Mbit/s] [-Q queue KiB] [-t timeout ms] [-r tries] [-v FILE compare bytes] [-e FILE compare length] [-S spin] [-L limit s] [-Z seed of the loss]\n"); return 2; }
  if (path) { int fd = open(path, O_RDONLY); struct stat st; if (fd < 0 || fstat(fd, &st)) { perror(path); return 2; } want_len = st.st_size; if (verify && want_len && (want = mmap(0, want_len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0)) == MAP_FAILED) { perror(path); return 2; } }
  if (conc < 1 || total < 1 || strlen(file_name) + strlen(mode) > 512) { fprintf(stderr, "tftpload: -c and -n must be 1 or more, name and mode together 512 bytes at most\n"); return 2; }
  struct addrinfo hint = {.ai_socktype = SOCK_DGRAM}, *ai; if (getaddrinfo(host, port, &hint, &ai)) { fprintf(stderr, "bad host\n"); return 2; }
  memcpy(&server, ai->ai_addr, ai->ai_addrlen); serverlen = ai->ai_addrlen;
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); if (rl.rlim_max < 200000) rl.rlim_max = 200000; rl.rlim_cur = rl.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &rl)) { getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); } // raising the hard limit takes root
  ss = calloc(conc, sizeof *ss); ttfb = calloc(total + 1, 8); dur = calloc(total + 1, 8); ep = epoll_create1(0);
  uint8_t *bufs = malloc((size_t)VLEN * MAXPKT); struct mmsghdr mm[VLEN]; struct iovec iov[VLEN]; struct sockaddr_storage from[VLEN];
  uint64_t t0 = now_ns(); tick0 = t0 / 1000000; tick = 1;
  for (int i = 0; i < conc && started < total; i++) begin(&ss[i]);
  struct epoll_event ev[256];
  while (done_ok + failed + bad < total) {
    uint64_t n0 = now_ns();
    if ((n0 - t0) / 1e9 > limit_s) break;
    uint64_t tnow = n0 / 1000000 - tick0 + 1;
    while (tick < tnow) { tick++; Session *s = wheel[tick & (SLOTS - 1)]; wheel[tick & (SLOTS - 1)] = NULL; while (s) { Session *nx = s->wnext; s->inwheel = 0; s->wnext = NULL; on_tick(s); s = nx; } }
    if (link_rate > 0) move();
    struct timespec nap = {0, spin ? 0 : link_rate > 0 ? wait_ns(now_ns()) : 1000000};
    int k = epoll_pwait2(ep, ev, 256, &nap, NULL);
    for (int i = 0; i < k; i++) {
      Session *s = ev[i].data.ptr; int fd = s->fd;
      if (!s->active) continue;
      int want_n = s->window > 1 ? VLEN : 1;
      for (int j = 0; j < want_n; j++) { iov[j] = (struct iovec){bufs + (size_t)j * MAXPKT, MAXPKT}; memset(&mm[j], 0, sizeof mm[j]); mm[j].msg_hdr.msg_iov = &iov[j]; mm[j].msg_hdr.msg_iovlen = 1; mm[j].msg_hdr.msg_name = &from[j]; mm[j].msg_hdr.msg_namelen = sizeof from[j]; }
      int got = recvmmsg(fd, mm, want_n, MSG_DONTWAIT, NULL);
      for (int j = 0; j < got; j++) {
        if (!s->active || s->fd != fd) break;
        data_seen += ((uint8_t *)iov[j].iov_base)[1] == 3;
        if (lost()) continue; // before it can name the peer
        if (s->peered && ((struct sockaddr_in *)&from[j])->sin_port != ((struct sockaddr_in *)&s->peer)->sin_port) continue; // another TID (RFC 1350 §4); the port is at one place in IPv4 and IPv6
        if (!s->peered) { s->peer = from[j]; s->peerlen = mm[j].msg_hdr.msg_namelen; s->peered = 1; }
        if (link_rate > 0) { cross(s, iov[j].iov_base, mm[j].msg_len); continue; }
        long before = done_ok + failed + bad; datagram(s, iov[j].iov_base, mm[j].msg_len);
        if (done_ok + failed + bad != before) break; // the session ended, and may have begun anew on another socket
      }
    }
  }
  double el = (now_ns() - t0) / 1e9; qsort(ttfb, nres, 8, cmp); qsort(dur, nres, 8, cmp);
  struct rusage ru; getrusage(RUSAGE_SELF, &ru);
  printf("{\"transfers\":%ld,\"ok\":%ld,\"failed\":%ld,\"corrupt\":%ld,\"unfinished\":%ld,\"seconds\":%.3f,\"transfers_per_s\":%.1f,\"MB_per_s\":%.2f,\"blocks_per_s\":%.0f,"
         "\"ttfb_us\":{\"p50\":%.0f,\"p99\":%.0f,\"max\":%.0f},\"duration_us\":{\"p50\":%.0f,\"p99\":%.0f,\"max\":%.0f},\"duplicate_data\":%ld,\"client_resends\":%ld,\"client_sent\":%lu,\"data\":%ld,\"client_cpu_s\":%.2f}\n",
         total, done_ok, failed, bad, total - done_ok - failed - bad, el, done_ok / el, total_bytes / el / 1e6, total_blocks / el,
         pct(ttfb, nres, .5), pct(ttfb, nres, .99), pct(ttfb, nres, 1), pct(dur, nres, .5), pct(dur, nres, .99), pct(dur, nres, 1), dup_data, resends, tx_pkts, data_seen,
         ru.ru_utime.tv_sec + ru.ru_stime.tv_sec + (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6);
  return done_ok == total ? 0 : 1;
}
