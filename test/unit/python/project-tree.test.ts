import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {copyProject, projectIdentity} from '../../../src/python/project-tree.js';

let root: string;
let project: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-project-')));
  project = path.join(root, 'project');
  write('setup.py', 'setup');
  write('src/spam.c', 'int spam;');
});
afterEach(() => rmSync(root, {recursive: true}));

function write(name: string, text = ''): void {
  const file = path.join(project, name);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
}

const identity = (leaveOut: readonly string[] = []) => projectIdentity(project, leaveOut);
const filesOf = (folder: string) =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((file) => !statSync(path.join(folder, file)).isDirectory())
    .sort();

describe('projectIdentity', () => {
  it.each([
    ['a file changes', () => write('src/spam.c', 'int eggs;')],
    ['a file is added', () => write('src/eggs.c')],
    ['a file is renamed', () => renameSync(path.join(project, 'setup.py'), path.join(project, 'setup.cfg'))],
    ['an empty folder is added', () => mkdirSync(path.join(project, 'empty'))],
    ['a link is added', () => symlinkSync('src', path.join(project, 'link'))],
    ['cargo is told something', () => write('.cargo/config.toml')],
    ['a package is called build', () => write('src/spam/build/a.py')],
  ])('is another one when %s', (_, change) => {
    const before = identity();
    change();
    expect(identity()).not.toBe(before);
  });

  it.each([
    'build/temp.linux/spam.o',
    'build/lib/spam.c',
    '_build/a.c',
    'dist/spam-1.0.tar.gz',
    'target/release/a.rs',
    'cmake-build-debug/a.c',
    'spam.egg-info/PKG-INFO',
    'src/spam.egg-info/PKG-INFO',
    'src/__pycache__/spam.cpython-313.pyc',
    'src/spam.pyc',
    'src/spam.cpython-313-x86_64-linux-gnu.so',
    'src/spam.abi3.so',
    'src/spam.o',
    'node_modules/a/a.js',
    '.git/HEAD',
    '.tox/py/a.py',
    '.venv/pyvenv.cfg',
    'env/pyvenv.cfg',
    'rust/out/CACHEDIR.TAG',
  ])('does not look at %s', (name) => {
    mkdirSync(path.join(project, 'rust'));
    const before = identity();
    write(name, 'anything');
    expect(identity()).toBe(before);
  });

  it('leaves out the folders it is told, and nothing of their name elsewhere', () => {
    const leaveOut = [path.join(project, 'scenarios')];
    const before = identity(leaveOut);
    write('scenarios/a.yaml');
    expect(identity(leaveOut)).toBe(before);
    write('src/scenarios/a.c');
    expect(identity(leaveOut)).not.toBe(before);
  });

  it('does not depend on where the project is or when it was written', () => {
    const before = identity();
    utimesSync(path.join(project, 'setup.py'), 1, 1);
    expect(identity()).toBe(before);
    const moved = path.join(root, 'elsewhere');
    copyProject(project, [], moved);
    expect(projectIdentity(moved, [])).toBe(before);
  });

  it('throws when the folder cannot be read', () => {
    expect(() => projectIdentity(path.join(root, 'none'), [])).toThrow(/ENOENT/);
  });
});

describe('copyProject', () => {
  it('copies what has a part in the build, with its times and links', () => {
    write('build/lib/spam.c');
    symlinkSync('src/spam.c', path.join(project, 'link.c'));
    utimesSync(path.join(project, 'src/spam.c'), 1000, 1000);
    const copy = copyProject(project, [], path.join(root, 'copy'));
    expect(copy).toBe(path.join(root, 'copy'));
    expect(filesOf(copy)).toEqual(['link.c', 'setup.py', 'src/spam.c']);
    expect(statSync(path.join(copy, 'src/spam.c')).mtimeMs).toBe(1_000_000);
    expect(readlinkSync(path.join(copy, 'link.c'))).toBe('src/spam.c');
  });

  it('lets tools find the git repository of the project', () => {
    mkdirSync(path.join(project, '.git'));
    const copy = copyProject(project, [], path.join(root, 'copy'));
    expect(readFileSync(path.join(copy, '.git'), 'utf8')).toBe(`gitdir: ${path.join(project, '.git')}\n`);
  });

  it('stands as deep in the copy of a repository as the project does in the repository', () => {
    mkdirSync(path.join(root, '.git'));
    const target = path.join(root, 'copy');
    expect(copyProject(project, [], target)).toBe(path.join(target, 'project'));
    expect(existsSync(path.join(target, '.git'))).toBe(true);
    expect(filesOf(path.join(target, 'project'))).toEqual(['setup.py', 'src/spam.c']);
  });

  it('follows the .git file of a worktree', () => {
    write('.git', 'gitdir: ../main/.git/worktrees/project\n');
    const copy = copyProject(project, [], path.join(root, 'copy'));
    expect(readFileSync(path.join(copy, '.git'), 'utf8')).toBe(
      `gitdir: ${path.join(root, 'main/.git/worktrees/project')}\n`,
    );
  });
});
