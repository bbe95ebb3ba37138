// order: runs a program and writes the names of the functions that were called, in the order of their first calls, a line each.
//   order FUNCTIONS CALLED PROGRAM [ARGUMENT]...
// FUNCTIONS has a line "HEXADECIMAL-ADDRESS NAME" for each, as nm prints them for a position-independent executable; CALLED is
// what is written. Each function begins with a breakpoint that its first call removes, so that the program is slow only at first. x86-64, Linux.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Function { unsigned long address; char *name; unsigned char first; int called; } Function;

static Function *functions;
static size_t count;

static void fail(const char *what) { perror(what); exit(1); }

static int by_address(const void *a, const void *b) {
  unsigned long x = ((const Function *)a)->address, y = ((const Function *)b)->address;
  return x < y ? -1 : x > y;
}

static void read_functions(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  char *line = NULL;
  size_t room = 0, capacity = 0;
  while (getline(&line, &room, file) > 0) {
    char *name = strchr(line, ' ');
    if (!name) continue;
    name[strcspn(name, "\n")] = 0;
    if (count == capacity) functions = realloc(functions, (capacity = 2 * capacity + 1024) * sizeof *functions);
    functions[count++] = (Function){ .address = strtoul(line, NULL, 16), .name = strdup(name + 1) };
  }
  fclose(file);
  qsort(functions, count, sizeof *functions, by_address);
}

static Function *find(unsigned long address) {
  Function key = { .address = address };
  return bsearch(&key, functions, count, sizeof key, by_address);
}

// Where the program was put: its first mapping, the only ones with a path as long as it has not begun. The kernel's own may lie below.
static unsigned long base_of(pid_t process) {
  char path[64], line[4096];
  snprintf(path, sizeof path, "/proc/%d/maps", process);
  FILE *maps = fopen(path, "r");
  if (!maps) fail(path);
  do {
    if (!fgets(line, sizeof line, maps)) fail(path);
  } while (!strchr(line, '/'));
  fclose(maps);
  return strtoul(line, NULL, 16);
}

int main(int argc, char **argv) {
  if (argc < 4) { fprintf(stderr, "usage: order FUNCTIONS CALLED PROGRAM [ARGUMENT]...\n"); return 2; }
  read_functions(argv[1]);
  FILE *called = fopen(argv[2], "w");
  if (!called) fail(argv[2]);

  pid_t process = fork();
  if (!process) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execv(argv[3], argv + 3);
    _exit(127);
  }
  int status;
  if (waitpid(process, &status, 0) < 0 || !WIFSTOPPED(status)) fail(argv[3]);
  ptrace(PTRACE_SETOPTIONS, process, 0, PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);

  unsigned long base = base_of(process);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", process);
  int memory = open(path, O_RDWR);
  if (memory < 0) fail(path);
  for (size_t i = 0; i < count; i++)
    if (pread(memory, &functions[i].first, 1, (off_t)(base + functions[i].address)) != 1) fail("pread");
  for (size_t i = 0; i < count; i++)
    if (pwrite(memory, "\xcc", 1, (off_t)(base + functions[i].address)) != 1) fail("pwrite");

  ptrace(PTRACE_CONT, process, 0, 0);
  for (;;) {
    pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0) break;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (thread == process) break;
      continue;
    }

    int signal = WSTOPSIG(status);
    if (signal == SIGTRAP && !(status >> 16)) {
      struct user_regs_struct registers;
      ptrace(PTRACE_GETREGS, thread, 0, &registers);
      Function *function = find(registers.rip - 1 - base);
      if (function) {
        // Another thread may have been here just before: it goes back to the instruction all the same.
        if (!function->called++) fprintf(called, "%s\n", function->name);
        if (pwrite(memory, &function->first, 1, (off_t)(base + function->address)) != 1) fail("pwrite");
        registers.rip--;
        ptrace(PTRACE_SETREGS, thread, 0, &registers);
      }
      signal = 0;
    } else if (signal == SIGTRAP || signal == SIGSTOP) {
      // A new thread.
      signal = 0;
    }
    ptrace(PTRACE_CONT, thread, 0, signal);
  }

  return fclose(called) ? 1 : 0;
}
