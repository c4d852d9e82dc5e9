/** What varies between one run of memcheck and another. */
export interface MemcheckOptions {
  /** Path of the valgrind program. */
  readonly valgrind: string;
  /**
   * Where the XML goes. `%p` in it is the process id: every forked child then has its own file.
   * Without it valgrind writes text, for people.
   */
  readonly xmlFile?: string;
  /** Where valgrind's other text goes (answers to monitor commands); standard error when absent. */
  readonly logFile?: string;
  /** Paths of suppression files, all of which apply. */
  readonly suppressions: readonly string[];
  /** Suppression file to use instead of valgrind's own. */
  readonly defaultSuppressions?: string | undefined;
  /** Report descriptors that are left open; to the XML from valgrind 3.23 on only. */
  readonly trackFds: boolean;
  /** Say where an uninitialised value was made; about twice as slow. */
  readonly trackOrigins?: boolean;
  /** Stacks as deep as they are, not their innermost 40 frames. */
  readonly fullStacks?: boolean;
  /**
   * Run the programs that the program starts under valgrind too: for their memory errors alone, or
   * also for what they leave behind, which takes tens of megabytes of XML for each Python.
   */
  readonly traceChildren?: 'errors' | 'leaks' | undefined;
  /** Further options of the user's, which win over the ones above. */
  readonly extra: readonly string[];
}

/** Python needs more than valgrind's default of 12; the inner frames of a leak are within 40. */
export const CALLERS = 40;

/** Valgrind's greatest value. */
const ALL_CALLERS = 500;

/**
 * The command line of memcheck, to which the program and its arguments are to be added.
 *
 * Options from `~/.valgrindrc`, `./.valgrindrc` and `VALGRIND_OPTS` are shut out, since they
 * would change what is measured; the gdb server is too, since a killed valgrind leaves its
 * pipes behind in the temporary folder (monitor commands from inside the program work without).
 */
export function memcheckArgv(options: MemcheckOptions): string[] {
  const {xmlFile, traceChildren} = options;
  return [
    options.valgrind,
    '--command-line-only=yes',
    '--tool=memcheck',
    ...(xmlFile === undefined ? [] : ['--xml=yes', `--xml-file=${xmlFile}`]),
    ...(options.logFile === undefined ? [] : [`--log-file=${options.logFile}`]),
    // Else the child's XML runs into the parent's. Each line of text has its process id.
    ...(xmlFile?.includes('%p') || (xmlFile === undefined && traceChildren !== undefined)
      ? []
      : ['--child-silent-after-fork=yes']),
    '--vgdb=no',
    '--error-limit=no',
    `--num-callers=${options.fullStacks ? ALL_CALLERS : CALLERS}`,
    '--leak-check=full',
    // The agent of a growth scenario asks for all kinds itself.
    `--show-leak-kinds=${traceChildren === 'errors' ? 'none' : 'all'}`,
    '--keep-debuginfo=yes',
    ...(options.trackOrigins ? ['--track-origins=yes'] : []),
    ...(options.trackFds ? ['--track-fds=yes'] : []),
    ...(traceChildren ? ['--trace-children=yes'] : []),
    ...(options.defaultSuppressions === undefined
      ? []
      : ['--default-suppressions=no', `--suppressions=${options.defaultSuppressions}`]),
    ...options.suppressions.map((file) => `--suppressions=${file}`),
    ...options.extra,
  ];
}
