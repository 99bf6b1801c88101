import type { Peer } from '../frames/peer.ts';

/** What the sandbox of a workload lets a component see of the file system. */
export interface PathGrants {
  /** Absolute; relative paths start here; readable and writable. */
  workspace: string;
  read: string[];
  write: string[];
}

/**
 * Which call an instance is serving. Host functions ask when they are called: a reusable instance
 * serves one call after the other through the same imports.
 */
export type CurrentCall = () => CallContext;

/** One `perform` call in this worker: who it is, how it is stopped, and the way to the kernel. */
export interface CallContext {
  readonly id: number;
  readonly workload: string;
  readonly peer: Peer;
  /** Fires when the workload is stopped; waiting host functions then return `canceled`. */
  readonly signal: AbortSignal;
  /** Milliseconds between being stopped and being killed. */
  grace(): number;
  readonly paths: PathGrants;
  readonly dryRun: boolean;
  /** What the names of folders for private files begin with: the kernel knows them by it. */
  readonly privateFolder: string;
  /** Runs when the call has ended, however it ended; what was registered last runs first. */
  onEnd(release: () => void): void;
}
