#include "tests/aws/fake_home.h"

#include "tests/test.h"

#include <dirent.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/mem.h"

static void replace(struct buf *out, struct str text, struct str what, const char *by)
{
    size_t at;

    while ((at = str_find(text, what, 0)) != (size_t)-1) {
        buf_add_str(out, str_slice(text, 0, at));
        buf_add_c(out, by);
        text = str_slice(text, at + what.len, text.len);
    }
    buf_add_str(out, text);
}

/*
 * "echo BASE64 | base64 --decode" is a pipe, and a pipe needs a shell, which credential_process
 * does not get here. The same answer comes from "cat FILE".
 */
static void without_pipes(struct buf *out, const char *root, struct str text)
{
    const size_t echo = str_find(text, STR("= echo "), 0);
    const size_t pipe = str_find(text, STR(" | base64 --decode"), 0);
    CLEANUP(buf_release) struct buf decoded = {0};
    CLEANUP(buf_release) struct buf path = {0};

    if (pipe == (size_t)-1 || echo > pipe) {
        buf_add_str(out, text);
        return;
    }
    assert_int_equal(base64_decode(&decoded, str_slice(text, echo + 7, pipe)), 0);
    buf_printf(&path, "%s/process.json", root);
    assert_int_equal(file_write_atomic(buf_c(&path), buf_str(&decoded), 0600, NULL), 0);
    buf_add_str(out, str_slice(text, 0, echo + 2));
    buf_printf(out, "cat %s", buf_c(&path));
    buf_add_str(out, str_slice(text, pipe + 18, text.len));
}

static void copy_file(const char *root, const char *from, const char *to)
{
    CLEANUP(buf_release) struct buf text = {0};
    CLEANUP(buf_release) struct buf moved = {0};
    CLEANUP(buf_release) struct buf here = {0};
    CLEANUP(buf_release) struct buf token = {0};

    assert_int_equal(file_read(&text, from, 1 << 20, NULL), 0);
    buf_printf(&token, "%s/token.jwt", root);
    replace(&moved, buf_str(&text), STR("/token.jwt"), buf_c(&token));
    without_pipes(&here, root, buf_str(&moved));
    assert_int_equal(file_write_atomic(to, buf_str(&here), 0600, NULL), 0);
}

static void copy_tree(const char *root, const char *from, const char *to)
{
    DIR *dir = opendir(from);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        char *source, *target;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        source = path_join(from, entry->d_name);
        target = path_join(to, entry->d_name);
        if (file_is_dir(source)) {
            assert_int_equal(file_mkdirs(target, NULL), 0);
            copy_tree(root, source, target);
        } else {
            copy_file(root, source, target);
        }
        free(source);
        free(target);
    }
    if (dir)
        closedir(dir);
}

static void move_variable(struct fake_home *home, const char *name)
{
    const char *value = json_string_value(json_object_get(home->env, name));

    if (value)
        json_object_set_new(home->env, name, json_sprintf("%s%s", home->root, value));
}

void fake_home_make(struct fake_home *home, const char *dir)
{
    static const char *const paths[] = {"HOME", "AWS_WEB_IDENTITY_TOKEN_FILE",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"};
    CLEANUP(mem_freep) char *fs = path_join(dir, "fs");
    CLEANUP(mem_freep) char *env = path_join(dir, "env.json");

    snprintf(home->root, sizeof(home->root), "%s", "/tmp/smokegate-home-XXXXXX");
    assert_non_null(mkdtemp(home->root));
    home->env = json_load_file(env, 0, NULL);
    if (!home->env)
        home->env = json_object();
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        move_variable(home, paths[i]);
    copy_tree(home->root, fs, home->root);
}

void fake_home_remove(struct fake_home *home)
{
    file_remove_tree(home->root, NULL);
    json_decref(home->env);
}

static const char *look_up(void *ctx, const char *name)
{
    return json_string_value(json_object_get(ctx, name));
}

struct aws_env fake_home_env(struct fake_home *home)
{
    return (struct aws_env){look_up, home->env};
}
