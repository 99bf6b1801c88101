/** Longer waits overflow Node's timers, which then fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls back after any number of milliseconds; the answer cancels it. */
export function startTimer(milliseconds: number, callback: () => void): () => void {
  let rest = milliseconds;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const part = Math.min(rest, LONGEST_TIMER_MS);
    rest -= part;
    timer = setTimeout(rest > 0 ? wait : callback, part);
  };
  wait();
  return () => clearTimeout(timer);
}
