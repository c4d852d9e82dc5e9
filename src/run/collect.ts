import {readFileSync} from 'node:fs';
import type {Counters, Inspected, RaisedException, StatusEvent} from '../probe/protocol.js';
import {unreachable} from '../util/unreachable.js';
import {lookUpFirst, type PerfMap, parsePerfMap} from '../valgrind/perfmap.js';
import type {Frame, LossRecord, Stack, XmlItem} from '../valgrind/types.js';
import {parseXmlFile} from '../valgrind/xml.js';
import type {InspectedRecord, Observation, PythonException, ResourceCounts} from './observation.js';
import {findEvent, readStatus} from './status.js';

/** The marks the probe writes into the XML before each leak check. */
const CHECKPOINT_MARK = /^leakline checkpoint (\d+) of \d+$/;

/** The files that one process left behind. */
export interface Traces {
  readonly xml: string;
  /** The agent's status file; absent for programs. */
  readonly status?: string;
  /** Maps that name its Python frames, the process's own before its parent's; they need not exist. */
  readonly maps: readonly string[];
}

/** What the traces of a process say; how it ended is the runner's knowledge. */
export type Collected = Omit<
  Observation,
  'outcome' | 'durationMs' | 'isolation' | 'output' | 'completed' | 'children'
> & {
  /** Whether the agent said that all was run. */
  readonly saidComplete: boolean;
};

/** Reads everything a process left behind. What a killed process did not finish is left out. */
export async function collect({xml, status, maps}: Traces): Promise<Collected> {
  const {argv: _, isForked: __, openDescriptors, ...read} = await readXml(xml, maps);
  return {...(status === undefined ? fromXml(openDescriptors) : fromStatus(readStatus(status))), ...read};
}

/** What valgrind's XML of one process says. */
export interface XmlContent
  extends Pick<
    Observation,
    'intervals' | 'atExit' | 'errors' | 'suppressions' | 'openDescriptors' | 'fatalSignal' | 'xmlProblem'
  > {
  /** The program and its arguments; those of its parent where it was forked. */
  readonly argv: readonly string[];
  /** Whether it is a fork of a program that had been running: its XML does not say that one starts. */
  readonly isForked: boolean;
}

/** Reads the XML of a process, with names for the Python frames from the maps: see {@link Traces}. */
export async function readXml(xml: string, mapFiles: readonly string[]): Promise<XmlContent> {
  const maps = mapFiles.flatMap(readPerfMap);
  const name = (stack: Stack): Stack => stack.map((frame) => nameFrame(frame, maps));
  const intervals: LossRecord[][] = [];
  const atExit: LossRecord[] = [];
  const errors = new Map<string, {error: Extract<XmlItem, {type: 'error'}>; count: number}>();
  const openDescriptors: string[] = [];
  const suppressions: Extract<XmlItem, {type: 'suppression'}>[] = [];
  let checkpoint: number | undefined;
  let fatalSignal: Observation['fatalSignal'];
  let argv: readonly string[] = [];
  let isForked = true;

  const onItem = (item: XmlItem): void => {
    switch (item.type) {
      case 'client-message': {
        const mark = CHECKPOINT_MARK.exec(item.text);
        if (mark === null) return;
        checkpoint = Number(mark[1]);
        while (intervals.length < checkpoint) intervals.push([]);
        return;
      }
      case 'loss-record': {
        const record = {...item, stack: name(item.stack)};
        if (checkpoint === undefined) atExit.push(record);
        else if (checkpoint > 0) intervals[checkpoint - 1]?.push(record);
        return;
      }
      case 'error': {
        const stacks = item.stacks.map((stack) => ({...stack, frames: name(stack.frames)}));
        errors.set(item.unique, {error: {...item, stacks}, count: 1});
        return;
      }
      case 'error-count': {
        const counted = errors.get(item.unique);
        if (counted !== undefined) counted.count = item.count;
        return;
      }
      case 'suppression':
        suppressions.push(item);
        return;
      case 'fatal-signal':
        fatalSignal = {signal: item.signal, stack: name(item.stack)};
        return;
      case 'open-descriptor':
        openDescriptors.push(item.path ?? `descriptor ${item.descriptor}`);
        return;
      case 'process':
        argv = item.argv;
        return;
      case 'status':
        if (item.state === 'RUNNING') isForked = false;
        return;
      case 'preamble':
        return;
      default:
        unreachable(item);
    }
  };
  const end = await parseXmlFile(xml, onItem);
  const xmlProblem = end.ok ? (end.value.complete ? undefined : end.value.message) : end.error.message;

  return {
    argv,
    isForked,
    openDescriptors,
    intervals,
    atExit,
    errors: [...errors.values()],
    suppressions,
    ...(fatalSignal === undefined ? {} : {fatalSignal}),
    ...(xmlProblem === undefined ? {} : {xmlProblem}),
  };
}

function fromStatus(events: readonly StatusEvent[]) {
  const started = findEvent(events, 'started');
  const complete = findEvent(events, 'complete');
  const exception = findEvent(events, 'exception');
  const descriptors = complete?.descriptors;
  const counters = events.flatMap((event) => (event.event === 'checkpoint' ? [event.counters] : []));
  return {
    saidComplete: complete !== undefined,
    ...(started === undefined ? {} : {allocator: started.allocator, gil: started.gil}),
    ...(exception === undefined ? {} : {exception: exceptionOf(exception)}),
    resources:
      descriptors === undefined
        ? counters.map(countsOf)
        : [descriptors.before, descriptors.after].map((open) => ({...NO_RESOURCES, descriptors: open})),
    openDescriptors: descriptors?.left ?? [],
    inspected: events.flatMap((event) => (event.event === 'inspected' ? [inspectedOf(event)] : [])),
  };
}

/** What is known of a program, which has no agent. */
const fromXml = (openDescriptors: readonly string[]) => ({
  saidComplete: false,
  resources: [0, openDescriptors.length].map((descriptors) => ({...NO_RESOURCES, descriptors})),
  openDescriptors,
  inspected: [],
});

const NO_RESOURCES: ResourceCounts = {descriptors: 0, threads: 0, children: 0, mappings: 0};

const countsOf = ({descriptors, threads, children, mappedBytes}: Counters): ResourceCounts => ({
  descriptors,
  threads,
  children,
  mappings: mappedBytes,
});

const exceptionOf = ({section, type, message, line, traceback}: RaisedException): PythonException => ({
  section,
  message: message === '' ? type : `${type}: ${message}`,
  ...(line === null ? {} : {line}),
  traceback,
});

const inspectedOf = ({record, types, raw}: Inspected): InspectedRecord => ({
  recordNumber: record,
  objects: [
    ...types.map(({type, count, refcount, values}) => ({
      type,
      count,
      ...(refcount !== null && refcount.min === refcount.max ? {refcount: refcount.min} : {}),
      values,
    })),
    ...(raw === 0 ? [] : [{count: raw, values: []}]),
  ],
});

function readPerfMap(file: string): PerfMap[] {
  try {
    return [parsePerfMap(readFileSync(file, 'utf8'))];
  } catch {
    return [];
  }
}

/** A frame of which valgrind knows the address only is a trampoline, if a map has it. */
function nameFrame(frame: Frame, maps: readonly PerfMap[]): Frame {
  if (frame.function !== undefined || frame.object !== undefined) return frame;
  const python = lookUpFirst(maps, frame.ip);
  return python === undefined ? frame : {ip: frame.ip, language: 'python', ...python};
}
