// abuse: forged and honest TFTP clients behind one cable, for bench/abuse.sh. Run it only in a network namespace of its own: it writes
// Ethernet frames (AF_PACKET) with any sender's address, and it answers for every address there is. One thread, one server, IPv4.
//
//   abuse INTERFACE SERVER-MAC SERVER-IP FILE SIZE SECONDS PART...      PART: KIND[,KEY=VALUE]...
//
//   honest   count, net (A.B.C: all in this /24; else each in a /24 of its own), blk, win (0: not asked for), rtt (ms), at, spread (s),
//            restart (s without progress: again from a new port; 0: never), giveup (s without progress)
//   rrq      forged requests: rate, for, net (A.B.C or "everywhere"), options (plain, some, many, timeout), name, repeat (s: from the same
//            senders again)
//   stream   forged requests with guessed ACKs: victims (senders, all in net), options (plain, window, some), rate (ACKs a second and
//            sender), acks (how many; 0: for as long as it takes), step, again (s: ask anew), for
//   garbage  rate, for
//   sweep    what (error, rrq, icmp), rate, group (which honest): at each port of each of its clients, as if it were that client
//   wait     for: whatever is still said to victims counts for so long
//   slow     count, from (one, many), every (s between ACKs), blk: real receivers that take their time
//   All: at (s). Figures are bytes of UDP payload. One JSON object; exit 0 when the run has taken place.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, FRAME = 2048, HEADERS = 14 + 20 + 8, PARTS = 16, TABLE = 1 << 18, LATER = 1 << 16 };
enum { FREE, WAITING, RUNNING, DONE, FAILED };

typedef struct { const char *kind, *text; double at, lasts, rate, next; uint64_t sent, number; int first, count; } Part;
typedef struct {
  uint32_t ip; uint16_t port, sport; uint8_t part, state, slow, gap, answered; int blk, win, in; uint32_t next; uint64_t got;
  double t0, began, heard, due, every, rtt, restart, giveup; uint8_t out[128]; int outlen; int tries;
} Client;
typedef struct { double due; int length; uint8_t frame[FRAME / 8]; } Delayed;

static int fd; static uint8_t mac[6], peer[6]; static uint32_t server; static const char *name; static uint64_t size; static double limit;
static Part parts[PARTS]; static int np;
static Client *clients; static int nc, capacity; static int *table; // by address and port
static uint8_t tx[BATCH][FRAME]; static int txlen[BATCH], ntx;
static Delayed *later; static uint64_t head, tail;
static uint64_t attack_packets, attack_bytes, victim_packets, victim_bytes, slow_packets, slow_bytes, tx_lost, foreign;
static uint64_t rng = 88172645463325252ull; static double now, start;

static double clock_s(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static uint64_t rnd(void) { rng ^= rng << 13; rng ^= rng >> 7; rng ^= rng << 17; return rng; }
static const char *text(Part *p, const char *key, const char *otherwise) {
  static char found[8][64]; static int turn; size_t n = strlen(key);
  for (const char *s = p->text; s; s = strchr(s, ',')) {
    if (*s == ',') s++;
    if (!strncmp(s, key, n) && s[n] == '=') { char *o = found[turn++ & 7]; snprintf(o, 64, "%.*s", (int)strcspn(s + n + 1, ","), s + n + 1); return o; }
  }
  return otherwise;
}
static double number(Part *p, const char *key, double otherwise) { const char *t = text(p, key, NULL); return t ? atof(t) : otherwise; }

static uint16_t sum(const void *data, int length) {
  const uint8_t *p = data; uint32_t s = 0;
  for (; length > 1; p += 2, length -= 2) s += p[0] << 8 | p[1];
  if (length) s += p[0] << 8;
  while (s >> 16) s = (s & 0xffff) + (s >> 16);
  return (uint16_t)~s;
}
static void put16(uint8_t *p, uint16_t v) { p[0] = v >> 8; p[1] = v & 255; }
static void put32(uint8_t *p, uint32_t v) { put16(p, v >> 16); put16(p + 2, v & 0xffff); }
static uint16_t get16(const uint8_t *p) { return p[0] << 8 | p[1]; }
static uint32_t get32(const uint8_t *p) { return (uint32_t)get16(p) << 16 | get16(p + 2); }

static void flush(void) {
  struct mmsghdr m[BATCH]; struct iovec v[BATCH]; memset(m, 0, sizeof m);
  for (int i = 0; i < ntx; i++) { v[i] = (struct iovec){tx[i], txlen[i]}; m[i].msg_hdr.msg_iov = &v[i]; m[i].msg_hdr.msg_iovlen = 1; }
  for (int sent = 0; sent < ntx;) {
    int n = sendmmsg(fd, m + sent, ntx - sent, 0);
    if (n > 0) sent += n; else if (errno == EAGAIN || errno == ENOBUFS) { sent++; tx_lost++; } else { perror("sendmmsg"); exit(1); }
  }
  ntx = 0;
}
static int ip_header(uint8_t *ip, int protocol, int length, uint32_t from, uint32_t to) { // UDP without a checksum, which IPv4 allows
  memset(ip, 0, 20); ip[0] = 0x45; put16(ip + 2, 20 + length); ip[6] = 0x40; ip[8] = 64; ip[9] = protocol; put32(ip + 12, from); put32(ip + 16, to);
  put16(ip + 10, sum(ip, 20)); return 20 + length;
}
static int frame_of(uint8_t *f, uint32_t from, uint16_t sport, uint16_t dport, const void *payload, int length) {
  memcpy(f, peer, 6); memcpy(f + 6, mac, 6); put16(f + 12, ETH_P_IP); ip_header(f + 14, 17, 8 + length, from, server);
  put16(f + 34, sport); put16(f + 36, dport); put16(f + 38, 8 + length); put16(f + 40, 0); memcpy(f + HEADERS, payload, length);
  return HEADERS + length;
}
static void udp(uint32_t from, uint16_t sport, uint16_t dport, const void *payload, int length) {
  if (ntx == BATCH) flush();
  txlen[ntx] = frame_of(tx[ntx], from, sport, dport, payload, length); ntx++;
}
static void attack(uint32_t from, uint16_t sport, const void *payload, int length) {
  udp(from, sport, 69, payload, length); attack_packets++; attack_bytes += length;
}
static void unreachable(uint32_t from, uint16_t port) { // ICMP type 3 code 3 that quotes a datagram from port 69, which may never have been sent
  if (ntx == BATCH) flush();
  uint8_t *f = tx[ntx], *c = f + 34, *q = c + 8;
  memcpy(f, peer, 6); memcpy(f + 6, mac, 6); put16(f + 12, ETH_P_IP);
  memset(c, 0, 8); c[0] = 3; c[1] = 3; int quoted = ip_header(q, 17, 8 + 516, server, from);
  put16(q + 20, 69); put16(q + 22, port); put16(q + 24, 8 + 516); put16(q + 26, 0); (void)quoted;
  put16(c + 2, sum(c, 8 + 28)); ip_header(f + 14, 1, 8 + 28, from, server);
  txlen[ntx++] = 14 + 20 + 8 + 28; attack_packets++; attack_bytes += 28;
}

static unsigned slot_of(uint32_t ip, uint16_t port) { uint64_t h = ((uint64_t)ip << 16 | port) * 0x9E3779B97F4A7C15ull; return h >> 46; }
static void enter(int c) { unsigned s = slot_of(clients[c].ip, clients[c].port); while (table[s] && table[s] != c + 1) s = (s + 1) & (TABLE - 1); table[s] = c + 1; }
static Client *find(uint32_t ip, uint16_t port) {
  for (unsigned s = slot_of(ip, port); table[s]; s = (s + 1) & (TABLE - 1)) { Client *c = &clients[table[s] - 1]; if (c->ip == ip && c->port == port) return c; }
  return NULL;
}
static uint32_t net_of(const char *t) { unsigned a, b, c; return sscanf(t, "%u.%u.%u", &a, &b, &c) == 3 ? a << 24 | b << 16 | c << 8 : 0; }
static uint32_t anywhere(uint64_t r) { return ((uint32_t)(r >> 40) % 100 + 20) << 24 | (uint32_t)(r >> 8 & 0xfffffe) | 1; } // 20.0.0.0 to 119.255.255.255

static void send_out(Client *c) { // through half a round trip, or at once
  uint16_t to = c->sport ? c->sport : 69;
  if (c->slow) { slow_packets++; slow_bytes += c->outlen; }
  if (c->rtt <= 0) { udp(c->ip, c->port, to, c->out, c->outlen); return; }
  if (tail - head == LATER) { fprintf(stderr, "abuse: too much is under way\n"); exit(1); }
  Delayed *d = &later[tail++ & (LATER - 1)]; d->due = now + c->rtt; d->length = frame_of(d->frame, c->ip, c->port, to, c->out, c->outlen);
}
static int add(uint8_t *p, const char *k, int v) { int n = strlen(k) + 1; memcpy(p, k, n); n += sprintf((char *)p + n, "%d", v) + 1; return n; }
static int request(uint8_t *p, const char *file, int blk, int win, int tsize) {
  int n = 2; p[0] = 0; p[1] = 1; n += sprintf((char *)p + n, "%s", file) + 1; n += sprintf((char *)p + n, "octet") + 1;
  if (tsize) n += add(p + n, "tsize", 0);
  if (blk) n += add(p + n, "blksize", blk);
  if (win) n += add(p + n, "windowsize", win);
  return n;
}
static void ask(Client *c) {
  Part *p = &parts[c->part]; int blk = number(p, "blk", 0), win = number(p, "win", 0);
  c->outlen = request(c->out, text(p, "name", name), blk, win, blk > 0 && !c->slow);
  c->state = RUNNING; c->sport = 0; c->next = 1; c->in = 0; c->gap = 0; c->got = 0; c->blk = 512; c->win = 1; c->tries = 0; c->began = c->heard = now; c->due = now + 1;
  send_out(c);
}
static void ack(Client *c, uint32_t block) { c->out[0] = 0; c->out[1] = 4; put16(c->out + 2, (uint16_t)block); c->outlen = 4; c->due = now + 1; if (c->slow) c->due = now + c->every; else send_out(c); }
static void finish(Client *c, int state) { c->state = state; c->began = now - c->t0; }
static void received(Client *c, uint16_t from, const uint8_t *p, int n) {
  if (c->state != RUNNING || n < 4 || (c->sport && c->sport != from)) return;
  if (!c->answered) c->answered = 1;
  int op = get16(p), block = get16(p + 2);
  if (op == 5) { c->sport = 0; if (!c->slow) finish(c, FAILED); else c->due = now + c->every; return; }
  if (op == 6 && c->next == 1) {
    c->sport = from;
    for (int i = 2; i < n;) { const char *k = (const char *)p + i; i += strnlen(k, n - i) + 1; if (i >= n) break; const char *v = (const char *)p + i; i += strnlen(v, n - i) + 1; if (i > n) break;
      if (!strcasecmp(k, "blksize")) c->blk = atoi(v); else if (!strcasecmp(k, "windowsize")) c->win = atoi(v); }
    c->heard = now; ack(c, 0); return;
  }
  if (op != 3) return;
  c->sport = from;
  if (block != (uint16_t)c->next) {
    int16_t d = (int16_t)(block - (uint16_t)c->next);
    if (c->slow) return;
    if (d < 0 ? d == -1 && !c->gap : !c->gap) { c->gap = d > 0; c->in = 0; ack(c, c->next - 1); } // the last ACK was lost, or a block (RFC 7440 §4)
    return;
  }
  c->got += n - 4; c->next++; c->in++; c->gap = 0; c->tries = 0; c->heard = now; c->due = now + 1;
  int last = n - 4 < c->blk;
  if (last) { ack(c, block); finish(c, c->got == size || c->slow ? DONE : FAILED); }
  else if (c->in >= c->win) { c->in = 0; ack(c, block); }
}
static void due(Client *c, int number_of) {
  if (c->state == WAITING) { ask(c); if (!c->t0) c->t0 = now; return; }
  if (c->state != RUNNING) return;
  if (c->slow) { // an ACK now and then; the request again while nobody has answered
    if (!c->sport && ++c->tries > 5) { c->due = now + 5; c->tries = 0; }
    send_out(c); c->due = now + (c->sport ? c->every : 1); return;
  }
  if (now - c->heard > c->giveup) { finish(c, FAILED); return; }
  if (c->restart && now - c->heard > c->restart) { c->port = c->port < 60000 ? c->port + 1 : 2000; enter(number_of); ask(c); return; }
  if (c->next > 1) put16(c->out + 2, (uint16_t)(c->next - 1));
  c->gap = 0; c->in = 0; send_out(c); c->due = now + 1;
}

static int forged(uint8_t *p, const char *options, const char *file) {
  int n = request(p, file, 0, 0, 0);
  if (!strcmp(options, "some")) n = request(p, file, 1428, 0, 1);
  if (!strcmp(options, "window")) n = request(p, file, 1428, 64, 1);
  if (!strcmp(options, "timeout")) n += add(p + n, "timeout", 255);
  if (!strcmp(options, "many")) { // as many as a request holds
    n = request(p, file, 1428, 64, 1); n += add(p + n, "timeout", 5);
    for (int i = 0; i < 12; i++) { char k[32]; sprintf(k, "option-number-%d", i); n += add(p + n, k, i); }
  }
  return n;
}
static void run_part(Part *p) { // as much as is due
  double t = now - start - p->at;
  if (t < 0 || p->rate <= 0) return;
  uint64_t should = (uint64_t)((t < p->lasts ? t : p->lasts) * p->rate); int burst = 0;
  if (p->count && should > (uint64_t)p->count) should = p->count;
  uint8_t b[600]; uint32_t net = net_of(text(p, "net", "everywhere"));
  if (!strcmp(p->kind, "rrq")) {
    double again = number(p, "repeat", 0); uint64_t cycle = again > 0 ? (uint64_t)(again * p->rate) : 0;
    int n = forged(b, text(p, "options", "plain"), text(p, "name", name));
    for (; p->sent < should && burst < 256; burst++) {
      uint64_t i = cycle ? p->sent % cycle : p->sent; uint64_t h = (i + 1 + (p - parts) * 1000003ull) * 0x9E3779B97F4A7C15ull; h ^= h >> 29; h *= 0xBF58476D1CE4E5B9ull; h ^= h >> 32;
      attack(net ? net | (uint32_t)(h % 254 + 1) : anywhere(h), 1024 + (h >> 48) % 64000, b, n); p->sent++;
    }
  } else if (!strcmp(p->kind, "garbage")) {
    for (; p->sent < should && burst < 256; burst++, p->sent++) {
      uint64_t r = rnd(); int n = 1 + r % 40; for (int i = 0; i < n; i++) b[i] = rnd() >> 11;
      if (n > 1 && b[0] == 0 && b[1] < 7) b[1] = 99; // what has an opcode is another attack
      attack(anywhere(rnd()), r >> 48 | 1, b, n);
    }
  } else if (!strcmp(p->kind, "sweep")) {
    Part *g = &parts[(int)number(p, "group", 0)]; const char *what = text(p, "what", "error"); uint64_t all = 64512ull * g->count;
    for (; p->sent < should && p->sent < all && burst < 256; burst++, p->sent++) {
      uint32_t ip = clients[g->first + p->sent % g->count].ip; uint16_t port = 1024 + p->sent / g->count;
      if (!strcmp(what, "icmp")) unreachable(ip, port);
      else if (!strcmp(what, "rrq")) attack(ip, port, "\0\1x\0octet", 10);
      else attack(ip, port, "\0\5\0\0no", 7);
    }
  } else if (!strcmp(p->kind, "stream")) { // sender i of `victims`: its request, then ACK after ACK
    int victims = number(p, "victims", 1), step = number(p, "step", 1); uint64_t acks = number(p, "acks", 0); double again = number(p, "again", 0);
    double each = p->rate / victims; uint64_t cycle = again > 0 ? (uint64_t)(again * each) + 1 : acks ? acks + 1 : UINT64_MAX;
    if (!again && acks && should > (acks + 1) * victims) should = (acks + 1) * victims;
    for (; p->sent < should && burst < 256; burst++, p->sent++) {
      uint64_t v = p->sent % victims, i = p->sent / victims % cycle; uint32_t ip = net ? net | (v % 254 + 1) : anywhere((v + 1) * 0x9E3779B97F4A7C15ull);
      uint16_t port = 2000 + v / 254;
      if (i == 0) attack(ip, port, b, forged(b, text(p, "options", "window"), name));
      else if (!acks || i <= acks) { uint64_t block = (i - 1) * step; uint8_t a[4] = {0, 4, block >> 8, block}; attack(ip, port, a, 4); }
    }
  }
}
static void prepare(Part *p, int index) {
  p->at = number(p, "at", 0); p->lasts = number(p, "for", 10); p->rate = number(p, "rate", 1000); p->count = number(p, "count", 0); p->first = nc;
  if (!strcmp(p->kind, "sweep")) { p->lasts = 1e9; return; }
  int is_slow = !strcmp(p->kind, "slow");
  if (!is_slow && strcmp(p->kind, "honest")) return;
  p->rate = 0; uint32_t net = net_of(text(p, "net", "own")); int one = is_slow && !strcmp(text(p, "from", "one"), "one"); double spread = number(p, "spread", is_slow ? 4 : 0.5);
  for (int i = 0; i < p->count; i++) {
    if (nc == capacity) { capacity = capacity ? 2 * capacity : 1024; clients = realloc(clients, capacity * sizeof *clients); }
    Client *c = &clients[nc]; memset(c, 0, sizeof *c); c->part = index; c->slow = is_slow; c->state = WAITING;
    c->ip = net ? net | (i % 254 + 1) : one ? 0xC0000242 : (is_slow ? 0x82000000u : 0xC6120000u) + ((uint32_t)i << 8) + 7;
    c->port = is_slow ? 2000 + (one ? i : 0) : (int)(20000 + rnd() % 20000);
    c->rtt = number(p, "rtt", 0) / 1e3; c->every = number(p, "every", 20); c->restart = number(p, "restart", 0); c->giveup = number(p, "giveup", 30);
    c->due = p->at + spread * i / (p->count ? p->count : 1); nc++;
  }
}
static int cmp(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }

int main(int argc, char **argv) {
  if (argc < 8) { fprintf(stderr, "abuse INTERFACE SERVER-MAC SERVER-IP FILE SIZE SECONDS PART...: see the head of abuse.c\n"); return 2; }
  if (sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", peer, peer + 1, peer + 2, peer + 3, peer + 4, peer + 5) != 6) { fprintf(stderr, "abuse: %s is no MAC\n", argv[2]); return 2; }
  server = ntohl(inet_addr(argv[3])); name = argv[4]; size = strtoull(argv[5], NULL, 10); limit = atof(argv[6]);
  fd = socket(AF_PACKET, SOCK_RAW, 0); struct ifreq r = {0}; strncpy(r.ifr_name, argv[1], IFNAMSIZ - 1);
  if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &r)) { perror(argv[1]); return 1; }
  memcpy(mac, r.ifr_hwaddr.sa_data, 6);
  struct sockaddr_ll a = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = if_nametoindex(argv[1])}; int on = 1, buf = 256 << 20;
  setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on); setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on); setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buf, sizeof buf); setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buf, sizeof buf);
  if (bind(fd, (struct sockaddr *)&a, sizeof a)) { perror("bind"); return 1; }
  table = calloc(TABLE, sizeof *table); later = malloc(LATER * sizeof *later);
  for (int i = 7; i < argc && np < PARTS; i++, np++) { char *t = strdup(argv[i]), *c = strchr(t, ','); if (c) *c++ = 0; parts[np].kind = t; parts[np].text = c; prepare(&parts[np], np); }
  for (int i = 0; i < nc; i++) enter(i);
  now = start = clock_s(); double scanned = 0, end = 0, goal = start + limit; int left = 1;
  for (int i = 0; i < nc; i++) clients[i].due += start;
  for (int i = 0; i < np; i++) if (!strcmp(parts[i].kind, "rrq") || !strcmp(parts[i].kind, "garbage") || !strcmp(parts[i].kind, "stream") || !strcmp(parts[i].kind, "wait")) { double e = parts[i].at + parts[i].lasts; if (parts[i].count && parts[i].at + parts[i].count / parts[i].rate < e) e = parts[i].at + parts[i].count / parts[i].rate; if (e > end) end = e; }
  uint8_t *rx = malloc((size_t)BATCH * 65536); struct mmsghdr m[BATCH]; struct iovec v[BATCH];
  for (int i = 0; i < BATCH; i++) { v[i] = (struct iovec){rx + (size_t)i * 65536, 65536}; memset(&m[i], 0, sizeof m[i]); m[i].msg_hdr.msg_iov = &v[i]; m[i].msg_hdr.msg_iovlen = 1; }
  double linger = 0;
  while (now < goal) {
    now = clock_s();
    for (int i = 0; i < np; i++) run_part(&parts[i]);
    while (head < tail && later[head & (LATER - 1)].due <= now) { Delayed *d = &later[head++ & (LATER - 1)]; if (ntx == BATCH) flush(); memcpy(tx[ntx], d->frame, d->length); txlen[ntx++] = d->length; }
    if (now - scanned > (nc > 2000 ? 0.01 : 0.001)) { scanned = now; left = 0; for (int i = 0; i < nc; i++) { Client *c = &clients[i]; if (c->due <= now) due(c, i); if (!c->slow && (c->state == WAITING || c->state == RUNNING)) left++; } }
    flush();
    int sweeping = 0; for (int i = 0; i < np; i++) sweeping |= !strcmp(parts[i].kind, "sweep") && parts[i].sent < 64512ull * parts[(int)number(&parts[i], "group", 0)].count;
    int is_over = !left && now - start > end && !(sweeping && left);
    if (is_over && !linger) linger = now + (attack_packets ? 2 : 0.1); // what the server still says to victims counts
    if (linger && now > linger) break;
    int n = recvmmsg(fd, m, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n; i++) {
      uint8_t *f = v[i].iov_base; int length = m[i].msg_len;
      if (length < HEADERS || f[14] != 0x45 || get32(f + 26) != server) { foreign++; continue; }
      if (length > 14 + 1500) { fprintf(stderr, "abuse: frames of %d bytes: the server's interface must not send segments to be cut\n", length); return 1; }
      if (f[23] != 17) { foreign++; continue; }
      int payload = get16(f + 38) - 8; Client *c = find(get32(f + 30), get16(f + 36));
      if (!c) { victim_packets++; victim_bytes += payload; }
      else { if (c->slow) slow_bytes += payload; received(c, get16(f + 34), f + HEADERS, payload); }
    }
    if (n <= 0 && !ntx) { struct timespec nap = {0, 20000}; int busy = 0; for (int i = 0; i < np; i++) busy |= parts[i].rate > 20000; if (!busy) nanosleep(&nap, NULL); }
  }
  struct tpacket_stats st = {0}; socklen_t sl = sizeof st; getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &st, &sl);
  printf("{\"seconds\":%.2f,\"attack\":{\"packets\":%lu,\"bytes\":%lu},\"victims\":{\"packets\":%lu,\"bytes\":%lu},\"lost\":%u,\"unsent\":%lu,\"honest\":[", clock_s() - start, attack_packets, attack_bytes, victim_packets, victim_bytes, st.tp_drops, tx_lost);
  const char *comma = ""; long answered = 0, slow = 0;
  for (int i = 0; i < np; i++) {
    Part *p = &parts[i]; if (!strcmp(p->kind, "slow")) for (int j = p->first; j < p->first + p->count; j++) { slow++; answered += clients[j].answered; }
    if (strcmp(p->kind, "honest")) continue;
    double *d = malloc((p->count + 1) * sizeof *d); int ok = 0, failed = 0;
    for (int j = p->first; j < p->first + p->count; j++) { if (clients[j].state == DONE) d[ok++] = clients[j].began; else failed += clients[j].state == FAILED; }
    qsort(d, ok, sizeof *d, cmp);
    printf("%s{\"count\":%d,\"ok\":%d,\"failed\":%d,\"median\":%.3f,\"max\":%.3f}", comma, p->count, ok, failed, ok ? d[ok / 2] : 0, ok ? d[ok - 1] : 0); comma = ",";
  }
  printf("],\"slow\":{\"count\":%ld,\"answered\":%ld,\"packets\":%lu,\"bytes\":%lu}}\n", slow, answered, slow_packets, slow_bytes);
  return 0;
}
