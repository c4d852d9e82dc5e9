/* Planted: writes one byte past a heap block, and loses 40 bytes. */

#include <stdlib.h>
#include <string.h>

/* Copies `text` without room for the byte that ends it. */
static char *
copy_text(const char *text)
{
    size_t length = strlen(text);
    char *copy = malloc(length);

    if (copy != NULL) {
        for (size_t i = 0; i <= length; i++) {
            ((volatile char *)copy)[i] = text[i];
        }
    }
    return copy;
}

/* Makes a table that nobody frees. */
static void
lose_table(void)
{
    volatile int *volatile table = calloc(10, 4);

    if (table != NULL) {
        table[0] = 1;
    }
}

int
main(int argc, char **argv)
{
    char *copy = copy_text(argc > 1 ? argv[1] : "overrun");

    lose_table();
    free(copy);
    return 0;
}
