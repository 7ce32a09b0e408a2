/* The load driver: threads that send requests over TLS and time the answers.
 *
 *   driver HOST PORT CERT KEY MESSAGES CONNECTIONS SECONDS HOW
 *
 * MESSAGES is a file of whole HTTP requests, each after its length in ASCII on a line of its own.
 * Each thread has one connection, and a request of its own to begin with. HOW is `keep`, `new` (a new
 * connection for each call) or `once` (each message is sent once, whatever the time). The server
 * isn't verified: only addresses of this machine are ever given.
 * Prints: calls, errors, seconds, and the latencies p50 and p99 in milliseconds.
 *
 * Build: cc -O2 -pthread driver.c -lssl -lcrypto
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_MESSAGES 65536
#define MAX_SAMPLES 2000000
#define BUFFER 65536

static struct { char *bytes; int length; } messages[MAX_MESSAGES];
static int message_count, keep = 1, once;
static struct sockaddr_in address;
static SSL_CTX *context;
static double ends_at;

typedef struct {
    int first, last, errors, calls;
    float *latencies;
} Worker;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static SSL *connect_tls(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) { close(fd); return NULL; }
    SSL *tls = SSL_new(context);
    SSL_set_fd(tls, fd);
    if (SSL_connect(tls) != 1) { SSL_free(tls); close(fd); return NULL; }
    return tls;
}

static void disconnect(SSL *tls) {
    int fd = SSL_get_fd(tls);
    SSL_shutdown(tls);
    SSL_free(tls);
    close(fd);
}

/* Read one answer; return 1 for a whole « 200 » whose length is told. */
static int read_answer(SSL *tls, char *buffer) {
    int have = 0;
    char *body = NULL;
    while (!body) {
        int got = SSL_read(tls, buffer + have, BUFFER - 1 - have);
        if (got <= 0) return 0;
        have += got;
        buffer[have] = 0;
        body = strstr(buffer, "\r\n\r\n");
        if (!body && have >= BUFFER - 1) return 0;
    }
    if (strncmp(buffer, "HTTP/1.1 200", 12)) return 0;
    *body = 0;
    char *length = strcasestr(buffer, "\r\ncontent-length:");
    if (length) {
        long missing = atol(length + 17) - (have - (body + 4 - buffer));
        while (missing > 0) {
            int got = SSL_read(tls, buffer, missing < BUFFER ? (int)missing : BUFFER);
            if (got <= 0) return 0;
            missing -= got;
        }
        return missing == 0;
    }
    if (!strcasestr(buffer, "\r\ntransfer-encoding: chunked")) return 0;
    /* Chunks (WireMock): it is enough to see the last one end. */
    int rest = have - (int)(body + 4 - buffer);
    memmove(buffer, body + 4, rest);
    while (rest < 5 || memcmp(buffer + rest - 5, "0\r\n\r\n", 5)) {
        if (rest > 16) { memmove(buffer, buffer + rest - 16, 16); rest = 16; }
        int got = SSL_read(tls, buffer + rest, BUFFER - 1 - rest);
        if (got <= 0) return 0;
        rest += got;
    }
    return 1;
}

static void *work(void *argument) {
    Worker *self = argument;
    char *buffer = malloc(BUFFER);
    SSL *tls = NULL;
    for (int turn = self->first; once ? turn < self->last : now() < ends_at; turn++) {
        int one = turn % message_count;
        double started = now();
        if (!tls) tls = connect_tls();
        int done = tls && SSL_write(tls, messages[one].bytes, messages[one].length) > 0 &&
                   read_answer(tls, buffer);
        if (done) {
            if (self->calls < MAX_SAMPLES / 64)
                self->latencies[self->calls] = (float)((now() - started) * 1000);
            self->calls++;
        } else {
            self->errors++;
            usleep(1000);
        }
        if (tls && (!keep || !done)) { disconnect(tls); tls = NULL; }
    }
    if (tls) disconnect(tls);
    free(buffer);
    return NULL;
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void read_messages(const char *path) {
    FILE *file = fopen(path, "rb");
    int length;
    if (!file) { perror(path); exit(2); }
    while (message_count < MAX_MESSAGES && fscanf(file, "%d", &length) == 1 && fgetc(file) == '\n') {
        messages[message_count].bytes = malloc(length);
        messages[message_count].length = length;
        if (fread(messages[message_count++].bytes, 1, length, file) != (size_t)length) exit(2);
    }
    fclose(file);
}

int main(int argc, char **argv) {
    if (argc != 9) { fprintf(stderr, "driver HOST PORT CERT KEY MESSAGES CONNECTIONS SECONDS HOW\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(argv[2]));
    if (inet_pton(AF_INET, argv[1], &address.sin_addr) != 1 || (ntohl(address.sin_addr.s_addr) >> 24) != 127) {
        fprintf(stderr, "only addresses of this machine (127.…)\n");
        return 2;
    }
    context = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_use_certificate_chain_file(context, argv[3]) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, argv[4], SSL_FILETYPE_PEM) != 1) {
        fprintf(stderr, "the certificate can't be used\n");
        return 2;
    }
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    read_messages(argv[5]);
    int connections = atoi(argv[6]);
    if (connections < 1 || connections > 64 || !message_count) return 2;
    keep = strcmp(argv[8], "new") != 0;
    once = !strcmp(argv[8], "once");
    double started = now();
    ends_at = started + atof(argv[7]);
    pthread_t threads[64];
    Worker workers[64] = {0};
    for (int i = 0; i < connections; i++) {
        workers[i].first = i * message_count / connections;
        workers[i].last = (i + 1) * message_count / connections;
        workers[i].latencies = malloc(sizeof(float) * (MAX_SAMPLES / 64));
        pthread_create(&threads[i], NULL, work, &workers[i]);
    }
    int calls = 0, errors = 0, samples = 0;
    float *all = malloc(sizeof(float) * MAX_SAMPLES);
    for (int i = 0; i < connections; i++) {
        pthread_join(threads[i], NULL);
        calls += workers[i].calls;
        errors += workers[i].errors;
        int kept = workers[i].calls < MAX_SAMPLES / 64 ? workers[i].calls : MAX_SAMPLES / 64;
        memcpy(all + samples, workers[i].latencies, sizeof(float) * kept);
        samples += kept;
    }
    double seconds = now() - started;
    qsort(all, samples, sizeof(float), ascending);
    printf("%d %d %.3f %.3f %.3f\n", calls, errors, seconds,
           samples ? all[samples / 2] : 0, samples ? all[(int)(samples * 0.99)] : 0);
    return 0;
}
