/* Where this process works, as CI systems that show files of a repository see it. */
#ifndef CLI_REPOSITORY_H
#define CLI_REPOSITORY_H

/*
 * The working directory within the repository around it, "services/orders": the nearest folder
 * above that holds .git, which is a file in worktrees and submodules. "" at its root, or outside of
 * one. Returns owned.
 */
char *repository_folder(void);

#endif
