import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {loadRecipe, recipeFolders, recipeNames, shippedRecipes} from '../../../src/python/recipe-file.js';

let own: string;
beforeEach(() => {
  own = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-recipes-')));
});
afterEach(() => rmSync(own, {recursive: true}));

const write = (name: string, text: string) => writeFileSync(path.join(own, name), text);
const load = (name: string) => loadRecipe(name, recipeFolders(own));

function problemOf(name: string) {
  const recipe = load(name);
  if (recipe.ok) throw new Error(`${name} was loaded`);
  return recipe.error[0];
}

describe('the recipes of leakline', () => {
  it.each(recipeNames([shippedRecipes]))('%s can be read, with its release', (name) => {
    const recipe = loadRecipe(name, [shippedRecipes]);
    expect(recipe).toMatchObject({ok: true, value: {name, source: {type: 'release'}}});
  });

  it('are these', () => {
    expect(recipeNames([shippedRecipes])).toEqual([
      'cpython-2.7',
      'cpython-2.7-malloc',
      'cpython-3.11',
      'cpython-3.13',
      'cpython-3.13t',
      'cpython-3.9',
    ]);
  });

  it('give every object to malloc where that is possible', () => {
    const profiles = recipeNames([shippedRecipes]).map((name) => {
      const recipe = loadRecipe(name, [shippedRecipes]);
      return recipe.ok ? `${name} ${recipe.value.profile}` : '';
    });
    expect(profiles.filter((line) => !line.endsWith(' malloc'))).toEqual([
      'cpython-2.7 memory-debugger',
      'cpython-3.13t free-threaded',
    ]);
  });
});

describe('loadRecipe', () => {
  it('prefers the project to what is shipped', () => {
    write('cpython-3.13.yaml', 'source: {version: 3.13.5}\ncflags: [-O0]\n');
    expect(load('cpython-3.13')).toMatchObject({value: {cflags: ['-O0']}});
  });

  it('resolves source and patches from the folder of the recipe', () => {
    mkdirSync(path.join(own, 'cpython'));
    write('fix.patch', 'text of the patch');
    write('mine.yaml', 'source: {path: cpython}\npatches: [fix.patch]\n');
    expect(load('mine')).toMatchObject({
      value: {
        source: {type: 'path', path: path.join(own, 'cpython')},
        patches: [{file: path.join(own, 'fix.patch'), text: 'text of the patch'}],
      },
    });
  });

  it('suggests a name', () => {
    expect(problemOf('cpython-3.12')?.message).toMatch(
      /no build "cpython-3\.12", did you mean "cpython-3\.\d+"/,
    );
  });

  it('takes sources.yaml for no recipe', () => {
    expect(problemOf('sources')?.message).toContain('no build "sources"');
  });

  it.each([
    ['source: {version: 3.12.9}\n', 1, /SHA-256 of CPython 3\.12\.9 is not known/],
    ['source: {version: 3.13.5}\nprofil: malloc\n', 2, /unknown key "profil", did you mean "profile"/],
    ['source: {version: 3.13.5}\npatches:\n  - a.patch\n', 3, /cannot read a\.patch/],
    ['profile: malloc\nsource: {path: nowhere}\n', 2, /nowhere does not exist/],
    ['python: {path: /nowhere/python3}\n', 1, /\/nowhere\/python3 does not exist/],
    ['python: {path: python3}\ncflags: [-O0]\n', 2, /makes no sense beside "python"/],
    ['profile: malloc\n', 1, /needs a source or a python, and not both/],
  ])('points into %j', (text, line, message) => {
    write('bad.yaml', text);
    const problem = problemOf('bad');
    expect(problem?.message).toMatch(message);
    expect(problem?.line).toBe(line);
    expect(problem?.file).toMatch(/bad\.yaml$/);
  });

  it('gives an interpreter of the user instead of a source', () => {
    write('python3', '');
    write('system.yaml', 'python: {path: python3}\n');
    expect(load('system')).toMatchObject({
      ok: true,
      value: {name: 'system', profile: 'foreign', python: path.join(own, 'python3')},
    });
  });

  it('accepts any version with its checksum, pre-releases in the folder of their release', () => {
    const sha256 = 'a'.repeat(64);
    write('new.yaml', `source: {version: 3.15.0a2, sha256: ${sha256}}\n`);
    expect(load('new')).toMatchObject({
      value: {
        source: {
          release: {
            archive: 'Python-3.15.0a2.tar.xz',
            sha256,
            url: expect.stringMatching(/\/3\.15\.0\/Python-3\.15\.0a2\.tar\.xz$/),
          },
        },
      },
    });
  });
});
