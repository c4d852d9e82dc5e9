import {describe, expect, it} from 'vitest';
import {
  buildFingerprint,
  configurePlan,
  nativeRecipe,
  PROFILES,
  type Recipe,
  recipeFingerprint,
  recipeSchema,
} from '../../../src/python/recipe.js';

const recipe: Recipe = {
  name: 'cpython-3.13',
  file: 'python-build/cpython-3.13.yaml',
  source: {type: 'path', path: '/src'},
  profile: 'malloc',
  configure: [],
  cflags: [],
  patches: [],
};

describe('configurePlan', () => {
  it('compiles pymalloc out and valgrind support in for malloc', () => {
    const {options} = configurePlan(recipe, 'x64');
    expect(options).toContain('--without-pymalloc');
    expect(options).toContain('--with-valgrind');
  });

  it('keeps pymalloc from stepping aside under valgrind for memory-debugger', () => {
    const {options} = configurePlan({...recipe, profile: 'memory-debugger'}, 'x64');
    expect(options).toContain('--with-pymalloc');
    expect(options).not.toContain('--with-valgrind');
  });

  it('makes mimalloc tell valgrind about its blocks for free-threaded', () => {
    const {options, variables} = configurePlan({...recipe, profile: 'free-threaded'}, 'x64');
    expect(options).toContain('--disable-gil');
    expect(variables.CFLAGS).toContain('-DMI_TRACK_VALGRIND=1');
  });

  it.each(PROFILES)('defines Py_USING_MEMORY_DEBUGGER and keeps frame pointers for %s', (profile) => {
    const {CFLAGS, OPT} = configurePlan({...recipe, profile}, 'x64').variables;
    for (const flag of ['-DPy_USING_MEMORY_DEBUGGER', '-O1', '-g', '-fno-omit-frame-pointer']) {
      expect(CFLAGS?.split(' ')).toContain(flag);
    }
    expect(OPT).toBe(`-fwrapv ${CFLAGS}`);
  });

  it.each([
    ['x64', true],
    ['arm64', true],
    ['s390x', false],
  ])('on %s names the leaf frame pointers: %s', (arch, isNamed) => {
    expect(configurePlan(recipe, arch).variables.CFLAGS?.includes('-mno-omit-leaf-frame-pointer')).toBe(
      isNamed,
    );
  });

  it("puts the recipe's own options last, where they win", () => {
    const own = {...recipe, configure: ['--with-pydebug'], cflags: ['-O0']};
    const {options, variables} = configurePlan(own, 'x64');
    expect(options.at(-1)).toBe('--with-pydebug');
    expect(variables.CFLAGS).toMatch(/ -O0$/);
  });
});

describe('a recipe with a host', () => {
  const cross: Recipe = {...recipe, host: 'arm-linux-gnueabihf', configure: ['--x'], cflags: ['-marm']};

  it('is configured for it, with the flags of its processor', () => {
    const {options, variables} = configurePlan(cross, 'x64');
    expect(options).toContain('--host=arm-linux-gnueabihf');
    expect(variables.CFLAGS).not.toContain('-mno-omit-leaf-frame-pointer');
    expect(configurePlan({...cross, host: 'aarch64-linux-gnu'}, 'x64').variables.CFLAGS).toContain(
      '-mno-omit-leaf-frame-pointer',
    );
  });

  it('is made by the same source, profile and patches for this machine, whatever the host', () => {
    const native = nativeRecipe(cross);
    expect(native).toEqual({...recipe, name: 'cpython-3.13-native'});
    expect(recipeFingerprint(native, 'abc', 'x64')).toBe(recipeFingerprint(recipe, 'abc', 'x64'));
    expect(nativeRecipe({...cross, host: 'aarch64-linux-gnu'})).toEqual(native);
  });
});

describe('recipeFingerprint', () => {
  const of = (change: Partial<Recipe>, identity = 'abc', arch = 'x64') =>
    recipeFingerprint({...recipe, ...change}, identity, arch);

  it.each<[string, Partial<Recipe>, string?, string?]>([
    ['the source', {}, 'abd'],
    ['the architecture', {}, 'abc', 'arm64'],
    ['the profile', {profile: 'memory-debugger'}],
    ['a host', {host: 'arm-linux-gnueabihf'}],
    ['configure options', {configure: ['--with-pydebug']}],
    ['flags', {cflags: ['-O0']}],
    ['a patch', {patches: [{file: 'a.patch', text: 'x'}]}],
  ])('changes with %s', (_what, change, identity, arch) => {
    expect(of(change, identity, arch)).not.toBe(of({}));
  });

  it('does not change with names and places', () => {
    const patches = [{file: 'a.patch', text: 'x'}];
    expect(of({name: 'other', file: '/elsewhere.yaml'})).toBe(of({}));
    expect(of({patches})).toBe(of({patches: [{file: 'moved/a.patch', text: 'x'}]}));
  });

  it('is what it was before there were hosts', () => {
    expect(of({})).toBe('da8f318ff351');
  });

  it('does not confuse where one option ends', () => {
    expect(of({configure: ['--a', '--b']})).not.toBe(of({configure: ['--a --b']}));
  });

  it('is told apart by compiler', () => {
    expect(buildFingerprint('x', 'gcc 12')).not.toBe(buildFingerprint('x', 'gcc 13'));
  });
});

describe('recipeSchema', () => {
  it('needs nothing but a source', () => {
    expect(recipeSchema.safeParse({source: {version: '3.13.5'}}).success).toBe(true);
  });

  it('or an interpreter that is there already', () => {
    expect(recipeSchema.safeParse({python: {path: '/usr/bin/python3'}}).success).toBe(true);
  });

  it.each([
    [{}],
    [{source: {version: '3.13'}}],
    [{source: {version: '3.13.5', path: '/src'}}],
    [{source: {version: '3.13.5', sha256: 'ABC'}}],
    [{source: {path: ''}}],
    [{source: {path: '/src'}, profile: 'debug'}],
    [{source: {path: '/src'}, host: 'armhf'}],
    [{source: {path: '/src'}, host: 'arm-linux-gnueabihf; rm -rf /'}],
    [{python: {path: '/usr/bin/python3'}, host: 'arm-linux-gnueabihf'}],
    [{source: {path: '/src'}, cflag: ['-O0']}],
    [{source: {path: '/src'}, python: {path: '/usr/bin/python3'}}],
    [{python: {path: '/usr/bin/python3'}, profile: 'malloc'}],
    [{python: {path: '/usr/bin/python3'}, patches: []}],
    [{python: '/usr/bin/python3'}],
  ])('refuses %j', (value) => {
    expect(recipeSchema.safeParse(value).success).toBe(false);
  });

  it('accepts pre-releases', () => {
    expect(recipeSchema.safeParse({source: {version: '3.15.0a2', sha256: 'a'.repeat(64)}}).success).toBe(
      true,
    );
  });
});
