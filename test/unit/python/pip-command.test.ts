import {describe, expect, it} from 'vitest';
import {
  debugVariables,
  type PipPlaces,
  pipArguments,
  pipEnvironment,
} from '../../../src/python/pip-command.js';
import type {PackageRequirement} from '../../../src/scenario/types.js';

const places: PipPlaces = {temporary: '/t', cache: '/c', tools: '/tools', ceiling: '/e', copies: []};

describe('pipArguments', () => {
  const requirements: readonly PackageRequirement[] = [
    {type: 'package', name: 'zope-interface', requirement: 'Zope.Interface>=5'},
    {type: 'wheel', name: 'numpy', requirement: 'numpy==2.1.3'},
    {type: 'wheel-file', name: 'spam', path: '/p/spam-1.0-py3-none-any.whl'},
    {type: 'project', path: '/p'},
    {type: 'project', path: '/q'},
  ];
  const argv = pipArguments(requirements, [{copy: '/copy/p', original: '/p'}]);

  it('builds packages from source, and no others', () => {
    expect(argv.filter((each) => each.includes('-binary'))).toEqual([
      '--no-binary=zope-interface',
      '--only-binary=numpy',
    ]);
  });

  it('names everything that is to be installed, projects by their copies', () => {
    expect(argv.filter((each) => !each.startsWith('-'))).toEqual([
      'install',
      'Zope.Interface>=5',
      'numpy==2.1.3',
      '/p/spam-1.0-py3-none-any.whl',
      '/copy/p',
      '/q',
    ]);
  });
});

describe('pipEnvironment', () => {
  it("keeps the user's settings of pip, proxies and credentials", () => {
    const caller = {
      PIP_CONFIG_FILE: '/etc/pip.conf',
      PIP_INDEX_URL: 'x',
      https_proxy: 'y',
      HOME: '/h',
    };
    expect(pipEnvironment(caller, places, 'x64')).toMatchObject(caller);
  });

  it('puts its tools before those of the machine', () => {
    expect(pipEnvironment({PATH: '/b'}, places, 'x64')).toMatchObject({
      PATH: '/tools:/b',
      COMPILER_PATH: '/tools',
    });
  });

  it.each([
    'PYTHONPATH',
    'PYTHONHOME',
    'VIRTUAL_ENV',
    'PIP_TARGET',
    'PIP_PREFIX',
    'PIP_REQUIREMENT',
    'PIP_DRY_RUN',
  ])('drops %s, which would make another environment', (name) => {
    expect(pipEnvironment({[name]: 'x'}, places, 'x64')).not.toHaveProperty(name);
  });

  it('gives pip a cache and a temporary folder', () => {
    expect(pipEnvironment({PIP_CACHE_DIR: '/user'}, places, 'x64')).toMatchObject({
      PIP_CACHE_DIR: '/c',
      TMPDIR: '/t',
    });
    expect(pipEnvironment({PIP_NO_CACHE_DIR: '1'}, places, 'x64')).not.toHaveProperty('PIP_CACHE_DIR');
  });
});

describe('debugVariables', () => {
  it("puts flags after the user's own, which they outweigh", () => {
    const {CFLAGS = '', RUSTFLAGS = ''} = debugVariables({CFLAGS: '-O3 -I/x', RUSTFLAGS: '-g'}, [], 'x64');
    expect(CFLAGS).toMatch(/^-O3 -I\/x -g .*-O1 .*-fno-omit-frame-pointer/);
    expect(RUSTFLAGS).toMatch(/^-g .*force-frame-pointers=yes/);
    expect(debugVariables({}, [], 'x64').CFLAGS).toMatch(/^-g /);
  });

  it('maps copies to their originals, unless a blank is in the way', () => {
    const copies = [
      {copy: '/copy/p', original: '/p'},
      {copy: '/copy/q', original: '/my q'},
    ];
    const {CXXFLAGS, RUSTFLAGS} = debugVariables({}, copies, 'x64');
    expect(CXXFLAGS?.match(/-fdebug-prefix-map=\S+/g)).toEqual(['-fdebug-prefix-map=/copy/p=/p']);
    expect(RUSTFLAGS?.match(/--remap-path-prefix=\S+/g)).toEqual(['--remap-path-prefix=/copy/p=/p']);
  });
});
