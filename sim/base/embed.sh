#!/bin/sh
# Print C that puts the named files into the program, for sim/base/embedded.h.
set -eu
echo '#include "sim/base/embedded.h"'
echo '#include <string.h>'
n=0
for f in "$@"; do
    printf '__asm__(".section .rodata\\n.balign 16\\nembedded_%d: .incbin \\"%s\\"\\nembedded_%d_end: .byte 0\\n.previous\\n");\n' "$n" "$f" "$n"
    printf 'extern const char embedded_%d[], embedded_%d_end[];\n' "$n" "$n"
    n=$((n + 1))
done
echo 'const char *embedded_file(const char *path, size_t *length) {'
n=0
for f in "$@"; do
    printf '    if (strcmp(path, "%s") == 0) {\n        *length = (size_t)(embedded_%d_end - embedded_%d);\n        return embedded_%d;\n    }\n' "$f" "$n" "$n" "$n"
    n=$((n + 1))
done
echo '    return NULL;'
echo '}'
