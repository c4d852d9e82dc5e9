import type {Problem} from '../util/problem.js';
import type {YamlDocument} from '../util/yaml-document.js';
import type {ScenarioFile} from './schema.js';
import type {Section} from './types.js';

const SECTION_KEYS = ['setup', 'body', 'teardown', 'code'] as const;
type SectionKey = (typeof SECTION_KEYS)[number];

export type Sections = Readonly<Partial<Record<SectionKey, Section>>>;

/** The Python texts of a scenario with their places. */
export function readSections(document: YamlDocument<ScenarioFile>): {
  readonly sections: Sections;
  readonly problems: readonly Problem[];
} {
  const sections: Partial<Record<SectionKey, Section>> = {};
  const problems: Problem[] = [];
  for (const key of SECTION_KEYS) {
    const text = document.value[key];
    const start = document.textStart([key]);
    if (text === undefined || start === undefined) continue;
    const problem = sectionProblem(key, text, start.joined);
    if (problem === undefined) sections[key] = {text, line: start.line, indent: start.indent};
    else problems.push(document.problemAtKey([key], problem));
  }
  return {sections, problems};
}

function sectionProblem(key: SectionKey, text: string, joined: boolean): string | undefined {
  if (joined) return `YAML joins the lines of this text; write "${key}: |"`;
  const isEmpty = text.split('\n').every((line) => /^\s*(#|$)/.test(line));
  return isEmpty ? `"${key}" holds no Python statement` : undefined;
}
