import path from 'node:path';
import type {Change, NamedFrame, ScenarioResult} from '../../judge/types.js';
import type {Problem} from '../../util/problem.js';
import {unreachable} from '../../util/unreachable.js';
import type {RunSummary} from '../events.js';
import {improvements, regressions} from '../text/changes.js';
import {baselineCommand, reproCommand, UPDATE_COMMAND} from '../text/commands.js';
import {stackLines} from '../text/frames.js';
import {headline} from '../text/headline.js';
import {inReadingOrder} from '../text/order.js';
import {plain} from '../text/paint.js';
import {statusWord} from '../text/status.js';

/** Where a checkout is, and where leakline was started: annotations name files from the former. */
export interface Workspace {
  readonly cwd: string;
  /** `GITHUB_WORKSPACE`; undefined outside of Actions. */
  readonly root: string | undefined;
}

interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly title: string;
  readonly message: string;
}

/** Regressions of one result that get an annotation of their own: GitHub shows ten per step. */
const MAX_CHANGES = 3;

/** Data of a workflow command, as the runner unescapes it (actions/toolkit, core/src/command.ts). */
const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** `::error file=scenarios/a.yaml,line=3,title=…::…` */
export function workflowCommand({level, file, line, column, title, message}: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${escapeProperty(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
    `title=${escapeProperty(title)}`,
  ];
  return `::${level} ${properties.join(',')}::${escapeData(message)}`;
}

/** One workflow command per regression, failure, improvement and problem. */
export function annotationLines({results, problems}: RunSummary, workspace: Workspace): string[] {
  return [
    ...problems.map((problem) => problemAnnotation(problem, workspace)),
    ...inReadingOrder(results)
      .toReversed()
      .flatMap((result) => resultAnnotations(result, workspace)),
  ].map(workflowCommand);
}

function fromRoot(file: string, {cwd, root}: Workspace): string {
  return root === undefined ? file : path.relative(root, path.resolve(cwd, file));
}

function problemAnnotation(
  {file, line, column, message, detail, next}: Problem,
  workspace: Workspace,
): Annotation {
  return {
    level: 'error',
    ...(file === undefined ? {} : {file: fromRoot(file, workspace)}),
    ...(line === undefined ? {} : {line}),
    ...(column === undefined ? {} : {column}),
    title: 'leakline',
    message: [message, detail, next === undefined ? undefined : `Next: ${next}`]
      .filter((part) => part !== undefined)
      .join('\n'),
  };
}

function resultAnnotations(result: ScenarioResult, workspace: Workspace): Annotation[] {
  const {scenario, build, status, failure} = result;
  const file = fromRoot(result.file, workspace);
  const title = `${scenario} ${statusWord(status)} on ${build}`;
  switch (status) {
    case 'passed':
    case 'skipped':
      return [];
    case 'improved': {
      const lines = improvements(result).map((change) => headline(result, change));
      return [{level: 'notice', file, title, message: [...lines, `Next: ${UPDATE_COMMAND}`].join('\n')}];
    }
    case 'unbaselined': {
      const message = `${headline(result)}\nNext: ${baselineCommand(result)}`;
      return [{level: 'error', file, title, message}];
    }
    case 'failed':
    case 'timed-out': {
      const message = `${headline(result)}\nNext: ${reproCommand(result)}`;
      const line = failure?.line === undefined ? {} : {line: failure.line};
      return [{level: 'error', file, ...line, title, message}];
    }
    case 'regressed':
      return regressionAnnotations(result, {file, title}, workspace);
    default:
      return unreachable(status);
  }
}

function regressionAnnotations(
  result: ScenarioResult,
  common: {readonly file: string; readonly title: string},
  workspace: Workspace,
): Annotation[] {
  const all = regressions(result);
  const more = all.length - MAX_CHANGES;
  return all.slice(0, MAX_CHANGES).map((change, index) => ({
    level: 'error',
    ...common,
    ...sourcePlace(change, workspace),
    message: [
      headline(result, change),
      ...stackOf(change),
      ...(index === MAX_CHANGES - 1 && more > 0 ? [`… and ${more} more`] : []),
      `Next: ${reproCommand(result, change)}`,
    ].join('\n'),
  }));
}

function stackOf(change: Change): string[] {
  if (change.verdict === 'fixed' || !('stack' in change.now)) return [];
  return stackLines(change.now.stack, {paint: plain});
}

/** The innermost line of the stack that is in the checkout: a pull request then shows the leak there. */
function sourcePlace(change: Change, {root}: Workspace): {readonly file?: string; readonly line?: number} {
  if (root === undefined || change.verdict === 'fixed' || !('stack' in change.now)) return {};
  const isInside = (frame: NamedFrame) =>
    frame.origin === 'extension' && frame.line !== undefined && frame.path?.startsWith(`${root}/`);
  const frame = change.now.stack.find(isInside);
  if (frame?.path === undefined || frame.line === undefined) return {};
  return {file: path.relative(root, frame.path), line: frame.line};
}
