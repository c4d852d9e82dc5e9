import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {suggestion} from '../util/suggestion.js';
import type {Reporter} from './events.js';
import {githubReporter} from './github/github.js';
import {type OpenedFile, type Output, openFile, type ReportIo, standardOutput} from './io.js';
import {jsonReporter} from './json.js';
import {junitReporter} from './junit.js';
import {multiplex, type NamedReporter, type Reporters} from './multiplexer.js';
import {terminalReporter} from './terminal/terminal.js';

interface Registered {
  /** Where it writes without `=file`: a document spoils, and is spoilt by, anything beside it. */
  readonly stdout: 'lines' | 'document';
  /** A file beside its output that it adds to. */
  readonly addsTo?: (env: ReportIo['env']) => string | undefined;
  readonly create: (output: Output, io: ReportIo, added: Output | undefined) => Reporter;
}

const REGISTRY = {
  terminal: {stdout: 'lines', create: terminalReporter},
  json: {stdout: 'document', create: jsonReporter},
  junit: {stdout: 'document', create: junitReporter},
  github: {
    stdout: 'lines',
    addsTo: ({GITHUB_STEP_SUMMARY}) => GITHUB_STEP_SUMMARY || undefined,
    create: githubReporter,
  },
} as const satisfies Record<string, Registered>;

type ReporterName = keyof typeof REGISTRY;

/** The names that `--reporter` knows. */
const REPORTER_NAMES = Object.keys(REGISTRY) as readonly ReporterName[];

export interface ReporterSpec {
  readonly name: ReporterName;
  /** Undefined for standard output. */
  readonly file: string | undefined;
}

/** What runs without `--reporter`: on GitHub's runners, annotations too. */
export function defaultReporters(env: ReportIo['env']): readonly string[] {
  return env.GITHUB_ACTIONS === 'true' ? ['terminal', 'github'] : ['terminal'];
}

/** Reads one `--reporter name[=file]`. */
export function parseReporter(text: string): Result<ReporterSpec, Problem> {
  const [, word = '', file] = text.match(/^([^=]*)(?:=(.*))?$/s) ?? [];
  const name = REPORTER_NAMES.find((known) => known === word);
  if (name === undefined) {
    return fail({
      message: `unknown reporter "${word}"${suggestion(word, REPORTER_NAMES)}`,
      next: `choose from ${REPORTER_NAMES.join(', ')}`,
    });
  }
  if (file === '') {
    return fail({message: `no file after "${name}="`, next: `--reporter ${name}=FILE`});
  }
  return ok({name, file});
}

/**
 * Opens the reporters that `--reporter` names, all outputs first, so that one that cannot be
 * written is a problem before anything is built. When there are problems nothing is left open and
 * no file has been changed.
 */
export function openReporters(texts: readonly string[], io: ReportIo): Result<Reporters, readonly Problem[]> {
  const parsed = texts.map(parseReporter);
  const specs = parsed.flatMap((one) => (one.ok ? [one.value] : []));
  const problems = parsed.flatMap((one) => (one.ok ? [] : [one.error]));
  if (problems.length === 0) problems.push(...conflicts(specs));
  if (problems.length > 0) return fail(problems);

  const opened: OpenedFile[] = [];
  const open = (file: string | undefined, mode: 'replace' | 'append'): OpenedFile | undefined => {
    if (file === undefined) return undefined;
    const one = openFile(file, io.cwd, mode);
    if (one.ok) opened.push(one.value);
    else problems.push(one.error);
    return one.ok ? one.value : undefined;
  };
  const outputs = specs.map((spec) => {
    const registered: Registered = REGISTRY[spec.name];
    return {
      spec,
      registered,
      output: open(spec.file, 'replace') ?? standardOutput(io),
      added: open(registered.addsTo?.(io.env), 'append'),
    };
  });
  if (problems.length > 0) {
    for (const file of opened) file.close();
    return fail(problems);
  }
  for (const file of opened) file.clear();
  const reporters = outputs.map(
    ({spec, registered, output, added}): NamedReporter => ({
      name: spec.file === undefined ? spec.name : `${spec.name}=${spec.file}`,
      reporter: registered.create(output, io, added),
    }),
  );
  return ok(multiplex(reporters, io.stderr));
}

/** Reporters that would write over each other. */
function conflicts(specs: readonly ReporterSpec[]): readonly Problem[] {
  const problems: Problem[] = [];
  const files = specs.flatMap(({file}) => (file === undefined ? [] : [file]));
  for (const file of new Set(files.filter((one, index) => files.indexOf(one) !== index))) {
    problems.push({message: `two reporters write to ${file}`, next: 'give each a file of its own'});
  }
  const onStdout = specs.filter(({file}) => file === undefined);
  const document = onStdout.find(({name}) => REGISTRY[name].stdout === 'document');
  const other = onStdout.find((spec) => spec !== document);
  if (document !== undefined && other !== undefined) {
    problems.push({
      message: `reporters ${document.name} and ${other.name} both write to standard output`,
      next: `--reporter ${document.name}=FILE`,
    });
  }
  return problems;
}
