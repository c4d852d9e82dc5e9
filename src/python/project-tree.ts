import {createHash} from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** Folders at the top of a project that builds write to. */
const TOP_FOLDERS = /^(_?build|builddir|cmake-build-.*|_skbuild|dist|target|wheelhouse|htmlcov)$/;

/** Folders that hold nothing of a project's own, wherever they are. */
const FOLDERS = /^(__pycache__|node_modules|__pypackages__|.*\.egg-info)$/;

/** Files that builds leave beside the sources, and what a worktree of git has instead of a folder. */
const FILES = /\.(py[cod]|o|obj|gcda|gcno)$|\.(cpython-[^/]*|abi3)\.so$|^\.git$/;

interface Entry {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly type: 'folder' | 'file' | 'link';
}

/**
 * What of a project's folder can have a part in its build, in a fixed order, folders before what
 * is in them: not what builds and tools leave there. A virtual environment is known by its
 * pyvenv.cfg, and a folder of cargo, pytest or mypy by its CACHEDIR.TAG (bford.info/cachedir).
 *
 * @param leaveOut absolute paths of folders that are no part of it either
 */
function* projectEntries(root: string, leaveOut: readonly string[], folder = ''): Generator<Entry> {
  const entries = readdirSync(path.join(root, folder), {withFileTypes: true});
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (isForeign(path.join(root, child), folder === '') || leaveOut.includes(path.join(root, child)))
        continue;
      yield {path: child, type: 'folder'};
      yield* projectEntries(root, leaveOut, child);
    } else if (entry.isSymbolicLink()) {
      yield {path: child, type: 'link'};
    } else if (entry.isFile() && !FILES.test(entry.name)) {
      yield {path: child, type: 'file'};
    }
  }
}

function isForeign(folder: string, isTop: boolean): boolean {
  const name = path.basename(folder);
  // .cargo holds flags and sources of crates; other hidden folders are of tools.
  if (name.startsWith('.') && name !== '.cargo') return true;
  if (FOLDERS.test(name) || (isTop && TOP_FOLDERS.test(name))) return true;
  return ['pyvenv.cfg', 'CACHEDIR.TAG'].some((file) => existsSync(path.join(folder, file)));
}

/**
 * A hash over names and content of all that can have a part in the build of the project in `root`.
 *
 * @throws NodeJS.ErrnoException when something in it cannot be read
 */
export function projectIdentity(root: string, leaveOut: readonly string[]): string {
  const hash = createHash('sha256');
  for (const {path: relative, type} of projectEntries(root, leaveOut)) {
    const file = path.join(root, relative);
    const content =
      type === 'folder' ? '' : type === 'link' ? Buffer.from(readlinkSync(file)) : readFileSync(file);
    hash.update(`${type}\0${relative}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Copies what {@link projectIdentity} looks at to a folder below `target`: a build in the project's
 * own folder would leave files there, and would take up objects compiled with other flags. Tools
 * that take a version from git find the repository of the original through the copy.
 *
 * @returns the copy of `root`
 * @throws NodeJS.ErrnoException when something cannot be read or written
 */
export function copyProject(root: string, leaveOut: readonly string[], target: string): string {
  const repository = repositoryOf(root);
  const copy = path.join(target, repository === undefined ? '' : path.relative(repository.top, root));
  mkdirSync(copy, {recursive: true});
  if (repository !== undefined) writeFileSync(path.join(target, '.git'), `gitdir: ${repository.gitFolder}\n`);
  for (const {path: relative, type} of projectEntries(root, leaveOut)) {
    const [from, to] = [path.join(root, relative), path.join(copy, relative)];
    if (type === 'folder') mkdirSync(to);
    else if (type === 'link') symlinkSync(readlinkSync(from), to);
    else copyFile(from, to);
  }
  return copy;
}

/** With the time of its last change: tools compare those of generated files and their sources. */
function copyFile(from: string, to: string): void {
  copyFileSync(from, to);
  const {atime, mtime} = statSync(from);
  utimesSync(to, atime, mtime);
}

/** The git repository that a folder is in: its top folder, and the one with its objects. */
function repositoryOf(folder: string): {readonly top: string; readonly gitFolder: string} | undefined {
  for (let top = folder; ; top = path.dirname(top)) {
    const git = path.join(top, '.git');
    if (existsSync(git)) {
      const gitFolder = gitFolderOf(git);
      return gitFolder === undefined ? undefined : {top, gitFolder};
    }
    if (path.dirname(top) === top) return undefined;
  }
}

/** `.git` is a file in worktrees and submodules (gitrepository-layout(5)). */
function gitFolderOf(git: string): string | undefined {
  if (statSync(git).isDirectory()) return git;
  const named = /^gitdir: (.*)$/m.exec(readFileSync(git, 'utf8'))?.[1];
  return named === undefined ? undefined : path.resolve(path.dirname(git), named);
}
