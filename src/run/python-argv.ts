import path from 'node:path';
import type {Interpreter} from './job.js';

/**
 * The interpreter with the agent and its arguments. `-s` keeps the user's own site-packages out,
 * `-B` bytecode files: both change what is allocated. Not `-I`: it would ignore PYTHONHASHSEED.
 */
export function agentArgv(
  {python, agent}: Pick<Interpreter, 'python' | 'agent'>,
  mode: '--task' | '--server',
  file: string,
): readonly string[] {
  return [python, '-s', '-B', path.join(agent, 'agent.py'), mode, file];
}
