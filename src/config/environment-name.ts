import {z} from 'zod';

/** Variables that would change what valgrind sees behind leakline's back, with what to use instead. */
const RESERVED: Readonly<Record<string, string>> = {
  PYTHONMALLOC: 'the profile of the build chooses the allocator',
  VALGRIND_OPTS: 'write the options under "valgrind"',
  VALGRIND_LIB: 'valgrind finds its own files',
};

/** The name of an environment variable that a scenario may have. */
export const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must hold only letters, digits and "_", and no digit first')
  .superRefine((name, context) => {
    const instead = Object.hasOwn(RESERVED, name) ? RESERVED[name] : undefined;
    if (instead !== undefined) context.addIssue(`cannot be set: ${instead}`);
  });
