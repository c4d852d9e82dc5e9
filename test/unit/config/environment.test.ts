import {describe, expect, it} from 'vitest';
import {scenarioEnvironment} from '../../../src/config/environment.js';

const place = {workingFolder: '/job/0001', programFolders: ['/env/bin', '/programs']};
const caller = {
  HOME: '/home/user',
  PATH: '/home/user/bin',
  AWS_SECRET_ACCESS_KEY: 'secret',
  SSL_CERT_FILE: '/etc/cert.pem',
  TZ: 'Asia/Kathmandu',
  EMPTY: '',
};

const make = (passEnv: string[], env: Record<string, string> = {}) =>
  scenarioEnvironment({passEnv}, {env}, caller, place);

describe('the environment of a scenario', () => {
  it('is fixed when nothing is passed', () => {
    expect(make([])).toEqual({
      HOME: '/job/0001',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      PATH: '/env/bin:/programs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONHASHSEED: '0',
      TMPDIR: '/job/0001',
      TZ: 'UTC',
    });
  });

  it.each([
    ['a passed variable', ['SSL_CERT_FILE'], {}, 'SSL_CERT_FILE', '/etc/cert.pem'],
    ['a passed variable over a fixed one', ['TZ'], {}, 'TZ', 'Asia/Kathmandu'],
    ['an empty one', ['EMPTY'], {}, 'EMPTY', ''],
    ['one that the caller lacks', ['ABSENT'], {}, 'ABSENT', undefined],
    ['a fixed one that the caller lacks', ['LANG'], {}, 'LANG', 'C.UTF-8'],
    ['one that every object has', ['toString'], {}, 'toString', undefined],
    ["the scenario's own over both", ['TZ'], {TZ: 'Europe/Oslo'}, 'TZ', 'Europe/Oslo'],
    ['PATH, after the program folders', ['PATH'], {}, 'PATH', '/env/bin:/programs:/home/user/bin'],
    ["the scenario's PATH", [], {PATH: '/x'}, 'PATH', '/env/bin:/programs:/x'],
    ['what nobody asked for', ['TZ'], {}, 'AWS_SECRET_ACCESS_KEY', undefined],
  ])('%s', (_, passEnv, env, name, value) => {
    const made = make(passEnv, env);
    expect(Object.hasOwn(made, name) ? made[name] : undefined).toBe(value);
  });

  it.each([
    ['PYTHONPATH', {moduleFolders: ['/a', '/b']}, '/a:/b'],
    ['LD_PRELOAD', {preloaded: ['/c.so']}, '/c.so'],
  ])('has the paths for child processes first in %s', (name, paths, expected) => {
    const made = (env: Record<string, string>) =>
      scenarioEnvironment({passEnv: []}, {env}, caller, {...place, ...paths})[name];
    expect(made({})).toBe(expected);
    expect(made({[name]: '/x'})).toBe(`${expected}:/x`);
  });

  it('lists its names in an order that does not depend on who set them', () => {
    const names = Object.keys(make(['SSL_CERT_FILE'], {A: '1', Z: '2'}));
    expect(names).toEqual([...names].sort());
  });
});
