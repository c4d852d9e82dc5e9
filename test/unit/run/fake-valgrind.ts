import {chmodSync, mkdtempSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {RunContext} from '../../../src/run/job.js';

/** No process has this id: the kernel's highest is lower. */
export const NOBODY = 4_194_999;

/**
 * Writes a program that stands in for valgrind, the interpreter and the agent in it. As a fork
 * server it runs `onStart` at once and `onTask` for each task, with the task's file in `file` and
 * its content in `task`; as a process of its own it completes its task, or is a program that does nothing.
 *
 * @returns its path
 */
export function writeFakeValgrind(folder: string, onStart: string, onTask: string): string {
  const program = path.join(folder, 'valgrind');
  writeFileSync(
    program,
    `#!${process.execPath}
const fs = require('node:fs');
const {spawn} = require('node:child_process');
const EMPTY = '<valgrindoutput><protocolversion>4</protocolversion></valgrindoutput>';
const xml = process.argv.find((word) => word.startsWith('--xml-file=')).slice('--xml-file='.length);
const say = (event, fields) => fs.writeSync(3, JSON.stringify({event, ...fields}) + '\\n');
const leave = (task, pid, events) => {
  fs.writeFileSync(xml.replace('%p', pid), EMPTY);
  fs.writeFileSync(task.stdout, 'printed\\n');
  fs.writeFileSync(task.status, events.map((event) => JSON.stringify({event}) + '\\n').join(''));
};
if (process.argv.includes('--task')) {
  leave(JSON.parse(fs.readFileSync(process.argv.at(-1), 'utf8')), process.pid, ['started', 'complete']);
  process.exit(0);
}
if (!process.argv.includes('--server')) {
  fs.writeFileSync(xml.replace('%p', process.pid), EMPTY);
  process.exit(0);
}
let pending = '';
process.stdin.on('data', (data) => {
  const lines = (pending + data).split('\\n');
  pending = lines.pop();
  for (const line of lines) {
    const file = JSON.parse(line);
    const task = JSON.parse(fs.readFileSync(file, 'utf8'));
    ${onTask}
  }
});
process.stdin.on('end', () => process.exit(0));
${onStart}
`,
  );
  chmodSync(program, 0o755);
  return program;
}

/** A run whose folders lie below `root` and are numbered in the order of their making. */
export function contextIn(root: string, valgrind: string, signal = new AbortController().signal): RunContext {
  let folders = 0;
  return {
    whenFree: (run) => run(),
    workspace: {
      root,
      newFolder: () => {
        folders += 1;
        return mkdtempSync(path.join(root, `${folders}-`));
      },
      remove: () => {},
    },
    marker: 'fake',
    valgrind,
    valgrindVersion: {major: 3, minor: 19, patch: 0},
    signal,
  };
}

export const READY = `say('ready', {pid: process.pid});`;
export const forked = (pid: number) => `say('forked', {task: file, pid: ${pid}});`;
export const ended = (code: number | null, signal: number | null) =>
  `say('ended', {task: file, pid: ${NOBODY}, code: ${code}, signal: ${signal}});`;
export const complete = `leave(task, ${NOBODY}, ['started', 'complete']);`;

/** Runs a task to its end. */
export const RUNS = `${forked(NOBODY)} ${complete} ${ended(0, null)}`;
