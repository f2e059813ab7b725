/* A library that misbehaves on request; it writes down what it was asked, and never lets two in at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int asked;

static void note(const char *word, const char *text)
{
    FILE *log = fopen(getenv("STUB_LOG"), "a");
    fprintf(log, "%s %s\n", word, text);
    fclose(log);
}

int OneTrans(char *in, char *out)
{
    note("in", in);
    printf("what a library prints\n");
    fflush(stdout);
    asked++;
    if (strstr(in, "HANG")) sleep(600);
    if (strstr(in, "CRASH")) abort();
    if (strstr(in, "SLOW")) usleep(150000);
    if (strstr(in, "OVERFLOW")) memset(out, 'x', 9000);
    else if (strstr(in, "BEFORE")) memset(out - 10, 'x', 20);
    else if (strstr(in, "FULL")) memset(out, 'x', 8192);
    else if (strstr(in, "FAR")) memset(out, 'x', 500000);
    else if (strstr(in, "BUSY") && asked == 1) strcpy(out, "{\"code\":\"600001\"}");
    else snprintf(out, 8192, "{\"code\":\"000000\",\"data\":{\"asked\":%d}}", asked);
    note("out", in);
    return strstr(in, "MINUS") ? -1 : 0;
}

long Init(const char *url, const char *user)
{
    note("init", user);
    return strcmp(user, "WRONG") == 0 ? 7 : 0;
}

long ReadCardBas(char *out, int size, char *sign, int sign_size)
{
    note("card", size == 1024 && sign_size == 1024 ? "sizes" : "other sizes");
    strcpy(out, "639900|\xd5\xc5\xc8\xfd|");
    strcpy(sign, "SIGNED");
    return 0;
}
