/** The text of a new leakline.yaml: the defaults, and what one may want to change. */
export function configTemplate(): string {
  return `# Settings of leakline. Every key may be left out; paths are relative to this file.

# The interpreters that scenarios run on. "leakline python list" names those there are.
builds: [cpython-3.13]

# Time limit of one scenario in seconds.
timeout: 300

# Scenarios that run at once; as many as there are processors by default.
# jobs: 2

# What is known and not yours to mend.
# suppressions:
#   - scenarios/known.supp

# Variables of your environment that scenarios may see; they see no others.
# passEnv: [SSL_CERT_FILE]
`;
}
