/* /bin/sh of the busybox image. Upstream's is busybox's own, whose messages tests compare. Debian's busybox drops variables
 * with names that a shell cannot use, such as data-1, which other tests look for: bash keeps them. */
#include <ctype.h>
#include <unistd.h>

extern char **environ;

static int is_usable(const char *variable)
{
	if (*variable != '_' && !isalpha((unsigned char)*variable))
		return 0;
	while (*variable == '_' || isalnum((unsigned char)*variable))
		variable++;
	return *variable == '=';
}

int main(int argc, char **argv)
{
	const char *shell = "/bin/busybox";

	(void)argc;
	for (char **variable = environ; *variable; variable++)
		if (!is_usable(*variable))
			shell = "/bin/bash";
	execv(shell, argv);
	return 127;
}
