/* sge-sim: runs the interpreter that stands beside it, with the arguments that it was given. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char python[PATH_MAX + sizeof "/bin/python3.11"];
    char **arguments = calloc(argc + 4, sizeof *arguments);

    if (arguments == NULL || realpath((char *)getauxval(AT_EXECFN), python) == NULL) {
        perror("sge-sim");
        return 2;
    }
    strcpy(strrchr(python, '/'), "/bin/python3.11");
    arguments[0] = python;
    arguments[1] = "-I"; /* whatever PYTHONPATH and the current folder hold */
    arguments[2] = "-m";
    arguments[3] = "sge_sim";
    memcpy(arguments + 4, argv + 1, (argc - 1) * sizeof *argv);
    execv(python, arguments);
    perror(python);
    return 2;
}
