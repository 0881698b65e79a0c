/* The release label: shown and recorded, never decided by. */
#ifndef CLI_RELEASE_H
#define CLI_RELEASE_H

/*
 * `given`, else SMOKEGATE_RELEASE, else what `git describe --tags --always --dirty` says in the
 * folder of the project file, else NULL. Returns owned.
 */
char *release_label(const char *given, const char *project_file);

#endif
