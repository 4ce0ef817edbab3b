/* The load client: N websockets in one process that costs little beside the server under test.
 *
 *   load PORT CLIENTS SECONDS PATH PROTOCOLS TOPIC STALLED RECONNECT
 *
 * Every frame is parsed and every event's offset compared with the one before, so that "delivered" means
 * delivered whole and in order; the delay is taken from the time each event carries ("sent:SECONDS"). Prints
 * "ready" when all are connected (and, with a TOPIC, subscribed); a line on standard input starts the
 * measurement; SECONDS later one line of JSON is printed. The first STALLED clients never read again once they
 * are subscribed and come back when they are cut; with RECONNECT the others come back too, after full jitter,
 * and resume after their last offset.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AWAY, CONNECTING, SHAKING, OPEN };
enum { STEPS = 1000000, READ_BYTES = 1 << 21, AT_ONCE = 256 };

typedef struct {
    int fd, state, failures, stalls, joined;
    long last;            /* the last offset seen; -1 before the first */
    double back_at;       /* when to connect (again) */
    double stalled_at;    /* since when it has not read */
    double lost_at;       /* when the connection was lost that has not been recovered yet */
    unsigned char *rest;  /* the beginning of a frame */
    size_t rest_size;
} Client;

static Client *clients;
static int count, stalled, reconnect, poller, opening, joined, port, gone;
static const char *path, *protocols, *topic;
static char epoch[65];
static unsigned char block[READ_BYTES + (1 << 20)];
static uint64_t steps[STEPS + 1], events, reads, gaps, doubles, resets, lost, cuts, attempts, recoveries;
static double longest_stall, *recovered_after;

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static void watch(Client *client, uint32_t what, int how) {
    struct epoll_event event = {.events = what, .data.ptr = client};
    epoll_ctl(poller, how, client->fd, &event);
}

static void send_all(Client *client, const void *data, size_t size) {
    if (send(client->fd, data, size, MSG_NOSIGNAL) != (ssize_t)size) client->failures++;
}

static void send_frame(Client *client, int opcode, const char *payload, size_t size) {
    unsigned char frame[512] = {0x80 | opcode, 0x80 | (size < 126 ? size : 126)};
    size_t head = 2;
    if (size >= 126) { frame[2] = size >> 8; frame[3] = size & 255; head = 4; }
    memset(frame + head, 0, 4); /* masked with zeros */
    memcpy(frame + head + 4, payload, size);
    send_all(client, frame, head + 4 + size);
}

static void open_one(Client *client) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (client->fd < 0) { perror("socket"); exit(1); }
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    attempts++;
    opening++;
    client->state = CONNECTING;
    client->joined = 0;
    connect(client->fd, (struct sockaddr *)&to, sizeof to);
    watch(client, EPOLLOUT, EPOLL_CTL_ADD);
}

/* The connection is over; the client comes back after a jitter that doubles with each failure, if it may. */
static void lose(Client *client) {
    double at = now(), wait = 0.25 * (1 << (client->failures < 7 ? client->failures : 7));
    if (client->state != OPEN) opening--;
    close(client->fd);
    free(client->rest);
    client->rest = NULL;
    client->rest_size = 0;
    if (client->joined) { joined--; lost++; client->lost_at = at; }
    if (client->stalls && client->stalled_at) {
        cuts++;
        if (at - client->stalled_at > longest_stall) longest_stall = at - client->stalled_at;
        client->stalled_at = 0;
        client->last = -1;
    }
    client->state = AWAY;
    client->joined = 0;
    client->failures++;
    client->back_at = at + (reconnect || client->stalls ? (wait < 30 ? wait : 30) * drand48() : 1e12);
    gone++;
}

static void join(Client *client) {
    if (client->joined) return;
    client->joined = 1;
    client->failures = 0;
    joined++;
    if (client->lost_at && !client->stalls) recovered_after[recoveries++ % count] = now() - client->lost_at;
    client->lost_at = 0;
    if (client->stalls) {
        client->stalled_at = now();
        watch(client, EPOLLRDHUP, EPOLL_CTL_MOD);
    }
}

static void subscribe(Client *client) {
    char text[400];
    int size = client->last < 0
        ? snprintf(text, sizeof text, "{\"type\":\"subscribe\",\"topics\":{\"%s\":{}}}", topic)
        : snprintf(text, sizeof text, "{\"type\":\"subscribe\",\"epoch\":\"%s\",\"topics\":{\"%s\":{\"after\":%ld}}}",
                   epoch, topic, client->last);
    send_frame(client, 1, text, size);
}

static void count_events(Client *client, const char *text, const char *end) {
    double at = now();
    while ((text = memmem(text, end - text, "\"offset\":", 9)) != NULL) {
        long offset = strtol(text + 9, NULL, 10);
        if (client->last >= 0 && offset <= client->last) doubles++;
        else if (client->last >= 0 && offset > client->last + 1) gaps += offset - client->last - 1;
        if (offset > client->last) client->last = offset;
        text += 9;
        const char *sent = memmem(text, end - text, "sent:", 5);
        if (sent == NULL) break;
        double delay = at - strtod(sent + 5, NULL);
        int step = delay < 0 ? 0 : (int)(delay * 10000);
        steps[step < STEPS ? step : STEPS]++;
        events++;
        text = sent;
    }
}

static void hear(Client *client, int opcode, const char *payload, size_t size) {
    const char *end = payload + size, *found;
    if (opcode == 9) { send_frame(client, 10, payload, size < 126 ? size : 0); return; }
    if (opcode != 1 || size < 12 || memcmp(payload, "{\"type\":\"", 9)) return;
    const char *type = payload + 9;
    if (!memcmp(type, "ev", 2)) count_events(client, payload, end);
    else if (!memcmp(type, "recov", 5)) join(client);
    else if (!memcmp(type, "reset", 5)) resets++;
    else if (!memcmp(type, "subscribed", 10)) {
        if (client->last < 0 && (found = memmem(payload, size, "\"after\":", 8))) client->last = strtol(found + 8, NULL, 10);
    } else if (!memcmp(type, "hello", 5) && (found = memmem(payload, size, "\"epoch\":\"", 9)))
        sscanf(found + 9, "%64[^\"]", epoch);
    else if (!memcmp(type, "welcome", 7)) subscribe(client);
}

static void take(Client *client) {
    size_t size = client->rest_size, at = 0;
    memcpy(block, client->rest, size);
    ssize_t got = recv(client->fd, block + size, READ_BYTES - 1, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) lose(client);
        return;
    }
    reads++;
    size += got;
    block[size] = 0;
    if (client->state == SHAKING) {
        unsigned char *end = memmem(block, size, "\r\n\r\n", 4);
        if (end == NULL) return;
        if (memcmp(block, "HTTP/1.1 101", 12)) { lose(client); return; }
        at = end + 4 - block;
        client->state = OPEN;
        opening--;
        if (!*topic) join(client);
    }
    while (client->state == OPEN && size - at >= 2) {
        size_t head = 2, length = block[at + 1] & 127;
        if (length == 126) {
            head = 4;
            if (size - at >= 4) length = block[at + 2] << 8 | block[at + 3];
        } else if (length == 127) {
            head = 10;
            if (size - at >= 10) for (int i = length = 0; i < 8; i++) length = length << 8 | block[at + 2 + i];
        }
        if (size - at < head || size - at < head + length) break;
        if ((block[at] & 15) == 8) { lose(client); return; }
        hear(client, block[at] & 15, (char *)block + at + head, length);
        at += head + length;
    }
    if (client->state == AWAY) return;
    if (size - at > client->rest_size || client->rest == NULL) client->rest = realloc(client->rest, size - at + 1);
    memcpy(client->rest, block + at, size - at);
    client->rest_size = size - at;
    if (!client->rest_size) { free(client->rest); client->rest = NULL; }
}

static void shake_hands(Client *client) {
    char request[600];
    int failed = 0;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &failed, &(socklen_t){sizeof failed});
    if (failed) { lose(client); return; }
    client->state = SHAKING;
    watch(client, EPOLLIN, EPOLL_CTL_MOD);
    int size = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n%s%s%s\r\n", path,
        *protocols ? "Sec-WebSocket-Protocol: " : "", protocols, *protocols ? "\r\n" : "");
    send_all(client, request, size);
}

static void turn(void) {
    static struct epoll_event ready[1024];
    double at = now();
    if (gone) {
        int away = 0, at_once = reconnect && joined + lost ? count : AT_ONCE;
        for (int i = 0; i < count; i++) {
            if (clients[i].state != AWAY) continue;
            if (clients[i].back_at <= at && opening < at_once) open_one(&clients[i]);
            else away += clients[i].back_at < 1e11;
        }
        gone = away;
    }
    int found = epoll_wait(poller, ready, 1024, gone ? 2 : 20);
    for (int i = 0; i < found; i++) {
        Client *client = ready[i].data.ptr;
        if (client == NULL || client->state == AWAY) continue;
        if (client->stalled_at) lose(client);
        else if (client->state == CONNECTING) shake_hands(client);
        else take(client);
    }
}

static double cpu(void) {
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec + used.tv_nsec / 1e9;
}

static double share(double part) {
    uint64_t seen = 0, wanted = (uint64_t)(part * events);
    for (int i = 0; i <= STEPS; i++) if ((seen += steps[i]) > wanted) return i / 10.0;
    return -1;
}

static int ascending(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static int line_waits(void) {
    char line[64];
    return read(0, line, sizeof line) > 0;
}

int main(int argc, char **argv) {
    if (argc != 9) { fputs("load PORT CLIENTS SECONDS PATH PROTOCOLS TOPIC STALLED RECONNECT\n", stderr); return 2; }
    port = atoi(argv[1]); count = atoi(argv[2]); path = argv[4]; protocols = argv[5]; topic = argv[6];
    double seconds = atof(argv[3]);
    stalled = atoi(argv[7]); reconnect = atoi(argv[8]);
    srand48(port);
    poller = epoll_create1(0);
    clients = calloc(count, sizeof *clients);
    recovered_after = calloc(count, sizeof *recovered_after);
    for (int i = 0; i < count; i++) { clients[i].last = -1; clients[i].stalls = i < stalled; }
    gone = count;
    while (joined < count) turn();
    puts("ready"); fflush(stdout);
    fcntl(0, F_SETFL, O_NONBLOCK);
    while (!line_waits()) turn();
    uint64_t first_attempts = attempts;
    lost = cuts = recoveries = events = reads = gaps = doubles = resets = 0;
    memset(steps, 0, sizeof steps);
    double began = now(), used = cpu();
    while (now() - began < seconds) turn();
    double took = now() - began, busy = (cpu() - used) / took;
    long lowest = 0, highest = 0;
    for (int i = stalled; i < count; i++) {
        if (i == stalled || clients[i].last < lowest) lowest = clients[i].last;
        if (i == stalled || clients[i].last > highest) highest = clients[i].last;
    }
    uint64_t known = recoveries < (uint64_t)count ? recoveries : (uint64_t)count;
    qsort(recovered_after, known, sizeof *recovered_after, ascending);
    printf("{\"events\": %lu, \"seconds\": %.3f, \"p50_ms\": %.1f, \"p99_ms\": %.1f, \"max_ms\": %.1f, "
           "\"load_cpu\": %.2f, \"reads\": %lu, \"missed\": %lu, \"doubled\": %lu, \"resets\": %lu, "
           "\"connected\": %d, \"lowest\": %ld, \"highest\": %ld, \"lost\": %lu, \"attempts\": %lu, "
           "\"recovered\": %lu, \"recovered_p50_s\": %.2f, \"recovered_p99_s\": %.2f, \"recovered_last_s\": %.2f, "
           "\"cuts\": %lu, \"longest_stall_s\": %.1f}\n",
           events, took, share(0.5), share(0.99), share(0.9999999), busy, reads, gaps, doubles, resets, joined,
           lowest, highest, lost, attempts - first_attempts, recoveries,
           known ? recovered_after[known / 2] : 0, known ? recovered_after[known * 99 / 100] : 0,
           known ? recovered_after[known - 1] : 0, cuts, longest_stall);
    return 0;
}
