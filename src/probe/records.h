/* Which blocks are in the loss records that grew: read from valgrind's XML, asked of valgrind. */
#ifndef LEAKLINE_RECORDS_H
#define LEAKLINE_RECORDS_H

#include <stdio.h>

#include "counters.h"

/* So many loss records are listed, with so many blocks each: to look at them must not cost more
   than the measurement. */
#define LISTED_RECORDS_MAX 40
#define LISTED_BLOCKS_MAX 100

/* The loss records that grew most in the last interval. */
struct grown_records {
    int count;
    struct {
        unsigned long growth, number;
    } records[LISTED_RECORDS_MAX];
};

/* One of valgrind's numbers, `1,234`. */
static unsigned long
parse_number(const char *text)
{
    unsigned long number = 0;
    for (; (*text >= '0' && *text <= '9') || *text == ','; text++) {
        number = *text == ',' ? number : number * 10 + (unsigned long)(*text - '0');
    }
    return number;
}

/* Remembers a loss record, in place of the slowest one when there is no room. */
static void
keep_fastest(struct grown_records *grown, unsigned long growth, unsigned long number)
{
    int place = grown->count;
    if (growth == 0) {
        return;
    }
    if (place == LISTED_RECORDS_MAX) {
        place = 0;
        for (int i = 1; i < LISTED_RECORDS_MAX; i++) {
            place = grown->records[i].growth < grown->records[place].growth ? i : place;
        }
        if (grown->records[place].growth >= growth) {
            return;
        }
    }
    else {
        grown->count++;
    }
    grown->records[place].growth = growth;
    grown->records[place].number = number;
}

/* Remembers the loss record of a line of the XML,
   `<text>… bytes in 30 (+10) blocks are … in loss record 5 of 9</text>`. */
static void
add_if_grown(char *line, void *arg)
{
    struct grown_records *grown = arg;
    char *after = strstr(line, ") blocks are ");
    char *number = after == NULL ? NULL : strstr(after, "loss record ");
    if (number == NULL || strstr(line, "<text>") == NULL) {
        return;
    }
    *after = '\0';
    char *change = strrchr(line, '(');
    if (change == NULL || change[1] != '+') {
        return;
    }
    keep_fastest(grown, parse_number(change + 2), parse_number(number + strlen("loss record ")));
}

/* Lets valgrind write to its log which blocks there are in the loss records that grew in the
   check that has just been made, `==PID== 0xADDRESS[SIZE]` each. The XML from `start` on tells
   which records those are.

   It has to be here, before anything is allocated or freed: after that valgrind says "Can't
   print obsolete block list". */
static void
list_grown_blocks(const char *xml, off_t start)
{
    static struct grown_records grown;
    grown.count = 0;
    int fd = open(xml, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    lseek(fd, start, SEEK_SET);
    for_each_line(fd, add_if_grown, &grown);
    for (int i = 0; i < grown.count; i++) {
        char command[80];
        snprintf(command, sizeof(command), "block_list %lu limited %d",
                 grown.records[i].number, LISTED_BLOCKS_MAX);
        (void)VALGRIND_MONITOR_COMMAND(command);
    }
}

#endif
