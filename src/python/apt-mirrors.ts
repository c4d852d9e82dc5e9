import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

/** One archive that apt is configured with. */
export interface AptArchive {
  /** Without a slash at its end; may begin with `mirror+file:` or the like. */
  readonly uri: string;
  readonly components: readonly string[];
}

/**
 * The archives in text of the one-line format (sources.list(5)): `deb [options] uri suite component…`.
 * Lines without components (flat repositories) have no pool and are left out.
 */
export function parseOneLineSources(text: string): readonly AptArchive[] {
  const archives: AptArchive[] = [];
  for (const line of text.split('\n')) {
    const entry = line.replace(/#.*/, '').match(/^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s*)?(\S+)\s+\S+\s+(\S.*)$/);
    const [, uri, components] = entry ?? [];
    if (uri !== undefined && components !== undefined) {
      archives.push({uri: uri.replace(/\/+$/, ''), components: components.trim().split(/\s+/)});
    }
  }
  return archives;
}

/** The archives in text of the deb822 format: stanzas of `Key: value`, where further lines are indented. */
export function parseDeb822Sources(text: string): readonly AptArchive[] {
  const uncommented = text.replace(/^#.*\n?/gm, '');
  return uncommented.split(/\n(?:[ \t]*\n)+/).flatMap((stanza) => {
    const fields = new Map<string, readonly string[]>();
    for (const field of stanza.split(/\n(?![ \t])/)) {
      const [, key, value] = field.match(/^\s*([^:\s]+):([\s\S]*)$/) ?? [];
      if (key !== undefined && value !== undefined) {
        fields.set(
          key.toLowerCase(),
          value.split(/\s+/).filter((word) => word !== ''),
        );
      }
    }
    if (/^(no|false|off|0|without|disable)$/i.test(fields.get('enabled')?.[0] ?? '')) return [];
    const components = fields.get('components') ?? [];
    return (fields.get('uris') ?? []).map((uri) => ({uri: uri.replace(/\/+$/, ''), components}));
  });
}

/** Every archive of apt's configuration in `folder` (usually /etc/apt), in its order, each once. */
export function readAptArchives(folder: string): readonly AptArchive[] {
  const archives = aptFiles(folder).flatMap((file) => {
    try {
      const text = readFileSync(file, 'utf8');
      return file.endsWith('.sources') ? parseDeb822Sources(text) : parseOneLineSources(text);
    } catch {
      return [];
    }
  });
  const byUri = new Map<string, Set<string>>();
  for (const {uri, components} of archives) {
    byUri.set(uri, new Set([...(byUri.get(uri) ?? []), ...components]));
  }
  return [...byUri].map(([uri, components]) => ({uri, components: [...components]}));
}

function aptFiles(folder: string): readonly string[] {
  const parts = path.join(folder, 'sources.list.d');
  let names: string[] = [];
  try {
    names = readdirSync(parts).sort();
  } catch {
    // A machine without apt.
  }
  const further = names
    .filter((name) => /\.(list|sources)$/.test(name))
    .map((name) => path.join(parts, name));
  return [path.join(folder, 'sources.list'), ...further];
}

/** The components that CPython is in: `main` in Debian, `main` or `universe` in Ubuntu. */
const COMPONENTS = ['main', 'universe'];

/** Where `pool` (a path below `pool/<component>/`) may lie at an archive with a web address. */
export function poolAddresses({uri, components}: AptArchive, pool: string): readonly string[] {
  if (!/^https?:\/\//.test(uri)) return [];
  return COMPONENTS.filter((component) => components.includes(component)).map(
    (component) => `${uri}/pool/${component}/${pool}`,
  );
}

/**
 * A mirror list's place when `uri` stands for one (apt-transport-mirror(1)): a local file, or
 * a web address.
 */
export function mirrorList(uri: string): {readonly type: 'file' | 'web'; readonly at: string} | undefined {
  const [, file] = uri.match(/^mirror\+file:(?:\/\/)?(\/.*)$/) ?? [];
  if (file !== undefined) return {type: 'file', at: file};
  const [, scheme, rest] = uri.match(/^mirror(?:\+(https?))?:\/\/(.*)$/) ?? [];
  return rest === undefined ? undefined : {type: 'web', at: `${scheme ?? 'http'}://${rest}`};
}

/** The addresses in a mirror list: the first word of each line. */
export function parseMirrorList(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/)[0] ?? '')
    .filter((uri) => uri !== '')
    .map((uri) => uri.replace(/\/+$/, ''));
}
