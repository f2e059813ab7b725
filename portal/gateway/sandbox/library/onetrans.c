/* The desk's libraries as the sandbox plays them: asks the sandbox at ONETRANS_SANDBOX (host:port) what to say, and
   writes it into the caller's buffer without looking at its size. Not for production; see docs/sandbox.md. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST (1 << 20)
#define NO_ANSWER (-1)

static const char BUSY[] = "{\"code\":\"600001\",\"data\":\"\",\"err_msg\":\"busy\"}";
static int inside = 0;

static int dial(void) {
    const char *where = getenv("ONETRANS_SANDBOX");
    char host[64] = "127.0.0.1";
    int port = 8791, fd;
    struct sockaddr_in to;
    if (where != NULL) sscanf(where, "%63[^:]:%d", host, &port);
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)port);
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1) return -1;
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int send_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t sent = write(fd, data, size);
        if (sent <= 0) return -1;
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

/* Answers are "<value> <out bytes> <sign bytes> <act>\n", then the bytes of both buffers. */
static long ask(const char *function, const char *body, size_t size, char *out, char *sign) {
    const char *party = getenv("ONETRANS_PARTY");
    char head[512], act[32] = "-", *answer, *frame, *bytes;
    long value = NO_ANSWER, out_size = 0, sign_size = 0;
    size_t got = 0;
    int fd = dial();
    if (fd < 0) return NO_ANSWER;
    answer = malloc(MOST + 1);
    snprintf(head, sizeof head, "POST /onetrans/%s?party=%s HTTP/1.0\r\nHost: localhost\r\nContent-Length: %lu\r\n\r\n",
             function, party != NULL ? party : "", (unsigned long)size);
    if (answer == NULL || send_all(fd, head, strlen(head)) != 0 || send_all(fd, body, size) != 0) {
        free(answer);
        close(fd);
        return NO_ANSWER;
    }
    while (got < MOST) {
        ssize_t read_now = read(fd, answer + got, MOST - got);
        if (read_now <= 0) break;
        got += (size_t)read_now;
    }
    close(fd);
    answer[got] = '\0';
    frame = strstr(answer, "\r\n\r\n");
    if (frame == NULL || sscanf(frame + 4, "%ld %ld %ld %31s", &value, &out_size, &sign_size, act) != 4) {
        free(answer);
        return NO_ANSWER;
    }
    bytes = strchr(frame + 4, '\n');
    if (bytes == NULL || (size_t)(bytes + 1 - answer) + (size_t)out_size + (size_t)sign_size != got) {
        free(answer);
        return NO_ANSWER;
    }
    bytes += 1;
    if (strcmp(act, "hang") == 0)
        for (;;) pause();
    if (strcmp(act, "crash") == 0) abort();
    if (strncmp(act, "wait:", 5) == 0) usleep((useconds_t)(atof(act + 5) * 1e6));
    if (out != NULL) {
        memcpy(out, bytes, (size_t)out_size);
        out[out_size] = '\0';
    }
    if (sign != NULL) {
        memcpy(sign, bytes + out_size, (size_t)sign_size);
        sign[sign_size] = '\0';
    }
    free(answer);
    return value;
}

int OneTrans(char *in, char *out) {
    int value;
    if (__sync_lock_test_and_set(&inside, 1)) {
        strcpy(out, BUSY);
        return 0;
    }
    value = (int)ask("OneTrans", in, strlen(in), out, NULL);
    __sync_lock_release(&inside);
    return value;
}

long Init(const char *url, const char *user) {
    char body[1024];
    int size = snprintf(body, sizeof body, "%s\n%s", url, user);
    return ask("Init", body, size < (int)sizeof body ? (size_t)size : sizeof body - 1, NULL, NULL);
}

long ReadCardBas(char *out, int out_size, char *sign, int sign_size) {
    (void)out_size, (void)sign_size;
    return ask("ReadCardBas", "", 0, out, sign);
}

long VerifyPIN(char *out, int out_size) {
    (void)out_size;
    return ask("VerifyPIN", "", 0, out, NULL);
}

long ChangePIN(char *out, int out_size) {
    (void)out_size;
    return ask("ChangePIN", "", 0, out, NULL);
}

long ReadSFZ(char *out, int out_size, char *sign, int sign_size) {
    (void)out_size, (void)sign_size;
    return ask("ReadSFZ", "", 0, out, sign);
}

long GetQRBase(int seconds, char *out, int out_size, char *sign, int sign_size) {
    char body[16];
    (void)out_size, (void)sign_size;
    snprintf(body, sizeof body, "%d", seconds);
    return ask("GetQRBase", body, strlen(body), out, sign);
}
