import type { StatePath } from './path.ts';

/** What was written at one place, by whom, and what has been written below it since. */
interface Mark {
  writer?: string;
  weight: number;
  below: Map<string, Mark>;
}

/** Who wrote what of the state in a run, and how much is kept of it. */
export class WriteLedger {
  readonly #root: Mark = { weight: 0, below: new Map() };
  #total = 0;

  /**
   * The weight of all that is kept once a value of this weight is written at the path; what was written into another
   * written value counts a second time.
   */
  totalWith(path: StatePath, weight: number): number {
    const replaced = this.#find(path);
    return this.#total - (replaced === undefined ? 0 : weightOf(replaced)) + weight;
  }

  /** A write replaces whatever had been written at the path and below it. */
  record(path: StatePath, writer: string, weight: number): void {
    this.#total = this.totalWith(path, weight);
    let mark = this.#root;
    for (const key of path) {
      mark = mark.below.getOrInsertComputed(key, () => ({ weight: 0, below: new Map() }));
    }
    mark.writer = writer;
    mark.weight = weight;
    mark.below.clear();
  }

  /** Whether all that lies at a path was written by one workload, and by no other since. */
  wroteAll(path: StatePath, writer: string): boolean {
    let last: string | undefined;
    let mark: Mark | undefined = this.#root;
    for (const key of path) {
      mark = mark.below.get(key);
      if (mark === undefined) break;
      last = mark.writer ?? last;
    }
    return last === writer && (mark === undefined || isOnlyBy(writer, mark));
  }

  #find(path: StatePath): Mark | undefined {
    let mark: Mark | undefined = this.#root;
    for (const key of path) mark = mark?.below.get(key);
    return mark;
  }
}

function weightOf({ weight, below }: Mark): number {
  return below.values().reduce((sum, mark) => sum + weightOf(mark), weight);
}

function isOnlyBy(writer: string, mark: Mark): boolean {
  const other = mark.writer !== undefined && mark.writer !== writer;
  return !other && mark.below.values().every((lower) => isOnlyBy(writer, lower));
}
