#define _GNU_SOURCE /* unshare and mount flags */
#include "local/execute_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/mem.h"

/* As in Lambda, an ordinary user's; also, exec then drops what the new namespace gave us. */
enum { INSIDE_ID = 993 };

enum { MOUNTS_MAX = 64 };

/* <linux/mount.h> and <sys/mount.h> collide in glibc before 2.37. */
struct recursive_attributes {
    uint64_t set, clear, propagation, userns_fd;
};
enum { SET_READ_ONLY = 1, SET_NO_SUID = 2, RECURSIVE = 0x8000 };

struct view {
    const char *source; /* of a link: its target */
    const char *place;  /* below the new root, without a slash in front */
    bool folder, link;
};

struct sandbox {
    const char *root;
    struct arena arena;
    struct view views[MOUNTS_MAX];
    size_t count;
    char uid_map[64], gid_map[64], tmp_options[64];
};

/* ---- the plan ---- */

static struct view *add(struct sandbox *s, const char *source, const char *place)
{
    struct view *v;

    if (s->count == MOUNTS_MAX)
        return NULL;
    v = &s->views[s->count++];
    *v = (struct view){arena_dup(&s->arena, source),
                       arena_dup(&s->arena, place + strspn(place, "/"))};
    return v;
}

void sandbox_show(struct sandbox *s, const char *source, const char *place)
{
    struct stat st;
    struct view *v = stat(source, &st) == 0 ? add(s, source, place) : NULL;

    if (v)
        v->folder = S_ISDIR(st.st_mode);
}

/* /bin is a link to usr/bin on most systems today, a folder on others. */
static void show_as_it_is(struct sandbox *s, const char *path)
{
    char target[256];
    const ssize_t n = readlink(path, target, sizeof(target) - 1);

    if (n < 0) {
        sandbox_show(s, path, path);
    } else {
        struct view *v;

        target[n] = '\0';
        v = add(s, target, path);
        if (v)
            v->link = true;
    }
}

static void show_system(struct sandbox *s)
{
    static const char *const folders[] = {"/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32"};
    /* What name resolution, TLS, time and the loader read; no passwords, no host keys. */
    static const char *const settings[] = {
        "/etc/ssl",           "/etc/pki",          "/etc/ca-certificates", "/etc/alternatives",
        "/etc/resolv.conf",   "/etc/hosts",        "/etc/host.conf",       "/etc/gai.conf",
        "/etc/nsswitch.conf", "/etc/services",     "/etc/protocols",       "/etc/ld.so.cache",
        "/etc/ld.so.conf",    "/etc/ld.so.conf.d", "/etc/localtime",       "/etc/mime.types",
        "/nix/store"};
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                          "/dev/urandom"};

    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        show_as_it_is(s, folders[i]);
    for (size_t i = 0; i < ARRAY_LEN(settings); i++)
        sandbox_show(s, settings[i], settings[i]);
    for (size_t i = 0; i < ARRAY_LEN(devices); i++)
        sandbox_show(s, devices[i], devices[i]);
}

struct sandbox *sandbox_new(const char *root, unsigned tmp_mb)
{
    struct sandbox *s = mem_zalloc(sizeof(*s));

    s->root = root;
    snprintf(s->uid_map, sizeof(s->uid_map), "%d %lu 1\n", INSIDE_ID, (unsigned long)geteuid());
    snprintf(s->gid_map, sizeof(s->gid_map), "%d %lu 1\n", INSIDE_ID, (unsigned long)getegid());
    snprintf(s->tmp_options, sizeof(s->tmp_options), "mode=1777,size=%um", tmp_mb);
    show_system(s);
    return s;
}

void sandbox_free(struct sandbox *s)
{
    if (!s)
        return;
    arena_release(&s->arena);
    free(s);
}

unsigned long sandbox_clone_flags(void)
{
    return CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;
}

/* ---- in the child ---- */

static int put(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const size_t len = strlen(text);
    int r;

    if (fd < 0)
        return -1;
    r = write(fd, text, len) == (ssize_t)len ? 0 : -1;
    close(fd);
    return r;
}

/* The folders above `path`, which is relative. */
static int make_parents(const char *path)
{
    char part[512];

    if (strlen(path) >= sizeof(part)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (size_t i = 0; path[i]; i++) {
        part[i] = '\0';
        if (path[i] == '/' && mkdir(part, 0755) < 0 && errno != EEXIST)
            return -1;
        part[i] = path[i];
    }
    return 0;
}

static int make_empty(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    return fd < 0 ? -1 : close(fd);
}

static int show(const struct view *v)
{
    struct recursive_attributes attributes = {.set = SET_READ_ONLY | SET_NO_SUID};

    if (make_parents(v->place) < 0)
        return -1;
    if (v->link)
        return symlink(v->source, v->place);
    if ((v->folder ? mkdir(v->place, 0755) : make_empty(v->place)) < 0 && errno != EEXIST)
        return -1;
    if (mount(v->source, v->place, NULL, MS_BIND | MS_REC, NULL) < 0)
        return -1;
    /* A device stays writable as a device on a read-only mount. */
    return (int)syscall(SYS_mount_setattr, AT_FDCWD, v->place, RECURSIVE, &attributes,
                        sizeof(attributes));
}

static int mount_tmp(const char *place, const char *options)
{
    if (mkdir(place, 0755) < 0 && errno != EEXIST)
        return -1;
    return mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

static int make_dev_links(void)
{
    return symlink("/proc/self/fd", "dev/fd") < 0 || symlink("/proc/self/fd/0", "dev/stdin") < 0 ||
                   symlink("/proc/self/fd/1", "dev/stdout") < 0 ||
                   symlink("/proc/self/fd/2", "dev/stderr") < 0
               ? -1
               : 0;
}

static int make_places(void)
{
    static const char *const places[] = {"var", "var/task", "var/runtime", "opt", "proc", "dev"};

    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        if (mkdir(places[i], 0755) < 0 && errno != EEXIST)
            return -1;
    return 0;
}

int sandbox_enter(const struct sandbox *s)
{
    if (put("/proc/self/setgroups", "deny") < 0 || put("/proc/self/uid_map", s->uid_map) < 0 ||
        put("/proc/self/gid_map", s->gid_map) < 0)
        return 1;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return 2;
    if (mount("tmpfs", s->root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") < 0 ||
        chdir(s->root) < 0)
        return 3;
    for (size_t i = 0; i < s->count; i++)
        if (show(&s->views[i]) < 0)
            return 4;
    if (make_places() < 0 || make_dev_links() < 0)
        return 5;
    if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return 6;
    if (mount_tmp("tmp", s->tmp_options) < 0)
        return 7;
    if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return 8;
    if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
        return 9;
    return 0;
}
