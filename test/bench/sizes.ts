/** How much of everything is measured. */
export interface Sizes {
  name: 'full' | 'quick' | 'smoke';
  helloRounds: number;
  /** Lengths of the chains of workloads, and how often each is run. */
  chains: { length: number; rounds: number; ansible: boolean }[];
  /** Records of the fastest kind of stage; slower ones get a part of it. */
  records: number;
  recordRounds: number;
  /** All when left out. */
  recordCases?: string[];
  callBatches: number;
  coldWorkers: number;
  idleWorkers: number;
  builds: number;
  manyWorkloads: number;
  validateRounds: number;
}

export const FULL: Sizes = {
  name: 'full',
  helloRounds: 15,
  chains: [
    { length: 50, rounds: 5, ansible: true },
    { length: 500, rounds: 3, ansible: false },
  ],
  records: 2_000_000,
  recordRounds: 5,
  callBatches: 20,
  coldWorkers: 15,
  idleWorkers: 20,
  builds: 3,
  manyWorkloads: 1000,
  validateRounds: 15,
};

export const QUICK: Sizes = {
  name: 'quick',
  helloRounds: 5,
  chains: [
    { length: 10, rounds: 3, ansible: true },
    { length: 50, rounds: 1, ansible: false },
  ],
  records: 400_000,
  recordRounds: 3,
  callBatches: 8,
  coldWorkers: 5,
  idleWorkers: 20,
  builds: 1,
  manyWorkloads: 100,
  validateRounds: 5,
};

/** What `make test` guards: seconds, not minutes. */
export const SMOKE: Sizes = {
  name: 'smoke',
  helloRounds: 5,
  chains: [{ length: 10, rounds: 1, ansible: false }],
  records: 200_000,
  recordRounds: 1,
  recordCases: ['expression', 'guest', 'pass-through'],
  callBatches: 5,
  coldWorkers: 3,
  idleWorkers: 4,
  builds: 0,
  manyWorkloads: 20,
  validateRounds: 3,
};
